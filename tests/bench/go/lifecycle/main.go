// SPDX-License-Identifier: Apache-2.0

// The peer of lifecycle_bench: the same lives of containers through containerd's own Go client, used as
// sparingly as its interface allows. What it prints has the same form.
//
//	lifecycle version CALLS | lives LIVES FLIGHT | restore
//
// The server is that of C8D_TEST_ADDRESS, C8D_TEST_NAMESPACE and C8D_TEST_ROOTFS.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/containerd/containerd"
	"github.com/containerd/containerd/cio"
	"github.com/containerd/containerd/namespaces"
	"github.com/containerd/containerd/oci"
	specs "github.com/opencontainers/runtime-spec/specs-go"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "lifecycle:", err)
		os.Exit(1)
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func spec(id string) *oci.Spec {
	return &oci.Spec{
		Version: "1.0.2",
		Process: &specs.Process{Cwd: "/", Args: []string{"/bin/sh", "-c", "sleep 1000"}, Env: []string{"PATH=/bin"}},
		Root:    &specs.Root{Path: os.Getenv("C8D_TEST_ROOTFS")},
		Mounts: []specs.Mount{
			{Destination: "/proc", Type: "proc", Source: "proc"},
			{Destination: "/dev", Type: "tmpfs", Source: "tmpfs"},
		},
		Linux: &specs.Linux{
			CgroupsPath: "/" + os.Getenv("C8D_TEST_NAMESPACE") + "/" + id,
			Namespaces:  []specs.LinuxNamespace{{Type: "pid"}, {Type: "mount"}},
		},
	}
}

func life(ctx context.Context, client *containerd.Client, id string) {
	container, err := client.NewContainer(ctx, id, containerd.WithSpec(spec(id)), containerd.WithRuntime("io.containerd.runc.v2", nil))
	check(err)
	task, err := container.NewTask(ctx, cio.NullIO)
	check(err)
	ended, err := task.Wait(ctx)
	check(err)
	check(task.Start(ctx))
	process := &specs.Process{Cwd: "/", Args: []string{"/bin/sh", "-c", "exit 0"}, Env: []string{"PATH=/bin"}}
	exec, err := task.Exec(ctx, "e", process, cio.NullIO)
	check(err)
	execEnded, err := exec.Wait(ctx)
	check(err)
	check(exec.Start(ctx))
	<-execEnded
	_, err = exec.Delete(ctx)
	check(err)
	check(task.Pause(ctx))
	check(task.Resume(ctx))
	_, err = task.Metrics(ctx)
	check(err)
	check(task.Kill(ctx, syscall.SIGKILL))
	<-ended
	_, err = task.Delete(ctx)
	check(err)
	check(container.Delete(ctx))
}

type usage struct {
	cpu                    time.Duration
	voluntary, involuntary int64
}

func used() usage {
	var u syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Nvcsw, u.Nivcsw}
}

func report(what string, n int, before usage, begin time.Time) {
	after := used()
	each := float64(n)
	fmt.Printf("go      %-10s %9.1f us each, CPU %8.1f us, switches %.2f + %.2f\n", what,
		float64(time.Since(begin).Microseconds())/each, float64((after.cpu-before.cpu).Microseconds())/each,
		float64(after.voluntary-before.voluntary)/each, float64(after.involuntary-before.involuntary)/each)
}

func status() {
	text, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "VmRSS:") || strings.HasPrefix(line, "Threads:") {
			fmt.Printf("go      idle %s\n", strings.Join(strings.Fields(line), " "))
		}
	}
}

func lives(ctx context.Context, client *containerd.Client, n, flight int) {
	var group sync.WaitGroup
	next := make(chan int, n)
	for i := 0; i < n; i++ {
		next <- i
	}
	close(next)
	before, begin := used(), time.Now()
	for i := 0; i < flight; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range next {
				life(ctx, client, "go"+strconv.Itoa(i))
			}
		}()
	}
	group.Wait()
	report(fmt.Sprintf("life/%d", flight), n, before, begin)
}

func main() {
	client, err := containerd.New(os.Getenv("C8D_TEST_ADDRESS"))
	check(err)
	defer client.Close()
	ctx := namespaces.WithNamespace(context.Background(), os.Getenv("C8D_TEST_NAMESPACE"))
	_, errors := client.EventService().Subscribe(ctx)
	go func() { <-errors }()
	_, err = client.Version(ctx)
	check(err)
	switch os.Args[1] {
	case "version":
		n := number(os.Args[2])
		before, begin := used(), time.Now()
		for i := 0; i < n; i++ {
			_, err = client.Version(ctx)
			check(err)
		}
		report("Version", n, before, begin)
	case "lives":
		lives(ctx, client, number(os.Args[2]), number(os.Args[3]))
	case "idle":
		time.Sleep(time.Second)
		status()
	case "restore":
		before, begin := used(), time.Now()
		containers, err := client.Containers(ctx)
		check(err)
		tasks := 0
		for _, container := range containers {
			if _, err = container.Task(ctx, nil); err == nil {
				tasks++
			}
		}
		report(fmt.Sprintf("restore/%d", len(containers)), 1, before, begin)
	}
}
