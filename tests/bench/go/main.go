// SPDX-License-Identifier: Apache-2.0

// What an event costs a consumer written the way daemons in Go are: a goroutine receives from the stream's channel, finds the
// container in a map by its id, takes its lock, moves its state, and sends a notice over another channel to whoever
// listens. It keeps as much of a container as is needed to tell an end once, and has none of the model's rules about what
// is late, repeated or another's: a floor, and no rival.
//
// The events are those of model_bench.c: lives of four, over 1, 10,000 and 1,000,000 containers with 64-byte ids in random order.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const events = 1 << 20
const rounds = 5

type topic uint8

const (
	created topic = iota
	started
	exited
	deleted
)

type event struct {
	id    string
	topic topic
	pid   uint32
	code  uint32
	at    time.Time
}

type process struct {
	pid       uint32
	code      uint32
	exitedAt  time.Time
	running   bool
	exitKnown bool
}

type container struct {
	sync.Mutex
	id          string
	incarnation uint32
	init        process
	execs       map[string]*process
}

type notice struct {
	topic       topic
	container   *container
	incarnation uint32
}

type daemon struct {
	sync.RWMutex
	containers map[string]*container
	notices    chan notice
}

func (d *daemon) get(id string) *container {
	d.RLock()
	defer d.RUnlock()
	return d.containers[id]
}

func (c *container) handle(e event) notice {
	c.Lock()
	defer c.Unlock()
	switch e.topic {
	case created:
		c.incarnation++
		c.init = process{pid: e.pid}
	case started:
		c.init.running = true
	case exited:
		c.init.running = false
		c.init.exitKnown = true
		c.init.code = e.code
		c.init.exitedAt = e.at
	case deleted:
		c.init = process{}
	}
	return notice{e.topic, c, c.incarnation}
}

func (d *daemon) consume(stream <-chan event) {
	for e := range stream {
		if c := d.get(e.id); c != nil {
			d.notices <- c.handle(e)
		}
	}
	close(d.notices)
}

var state uint64 = 88172645463325252

func random(n uint32) uint32 {
	state ^= state << 13
	state ^= state >> 7
	state ^= state << 17
	return uint32(state>>32) % n
}

func id(number uint32) string {
	hash := uint64(number)
	text := ""
	for i := uint64(0); i < 4; i++ {
		hash = (hash + i + 1) * 0x9e3779b97f4a7c15
		text += fmt.Sprintf("%016x", hash^hash>>29)
	}
	return text
}

func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func fill(n uint32) (*daemon, uint64) {
	before := heap()
	d := &daemon{containers: make(map[string]*container)}
	for i := uint32(0); i < n; i++ {
		c := &container{id: id(i)}
		d.containers[c.id] = c
	}
	return d, heap() - before
}

// Each event has an id of its own, as one that has just been parsed.
func stream(n uint32) []event {
	list := make([]event, events)
	at := make([]uint32, n)
	now := time.Now()
	for i := range list {
		which := random(n)
		list[i] = event{id(which), topic(at[which] % 4), which%30000 + 300, 0, now}
		at[which]++
	}
	return list
}

func run(d *daemon, list []event) time.Duration {
	source := make(chan event, 128)
	d.notices = make(chan notice, 128)
	begin := cpu()
	go d.consume(source)
	go func() {
		for _, e := range list {
			source <- e
		}
		close(source)
	}()
	count := 0
	for range d.notices {
		count++
	}
	if count != len(list) {
		panic("notices are missing")
	}
	return cpu() - begin
}

func main() {
	for _, n := range []uint32{1, 10000, 1000000} {
		list := stream(n)
		d, bytes := fill(n)
		best := time.Duration(0)
		for i := 0; i < rounds; i++ {
			if took := run(d, list); best == 0 || took < best {
				best = took
			}
		}
		ns := float64(best.Nanoseconds()) / events
		name := fmt.Sprintf("go, id to notice, %d containers", n)
		fmt.Printf("%-52s %8.1f ns  %6.2f million events a second of processor time\n", name, ns, 1e3/ns)
		if n == 1000000 {
			fmt.Printf("%-52s %8.0f bytes\n", "go, memory a container with a 64-byte id", float64(bytes)/float64(n))
		}
		runtime.KeepAlive(d)
	}
}
