# SPDX-License-Identifier: Apache-2.0
# fish completion of c8d.

function __c8d_containers
    c8d --timeout 1 ps 2>/dev/null | awk 'NR > 1 { print $1 }'
end

complete -c c8d -f
complete -c c8d -l address -r -F -d 'Socket of containerd'
complete -c c8d -s n -l namespace -x -d 'containerd namespace'
complete -c c8d -l timeout -x -d 'Longest wait for the runtime, in seconds'
complete -c c8d -l json -d 'Print JSON, one object a line'
complete -c c8d -l verbose -d 'Tell what was asked of the runtime'
complete -c c8d -l runtime -x -a 'remote simulated' -d 'Who runs the containers'
complete -c c8d -l transport -x -a 'auto grpc nghttp2' -d 'Who speaks HTTP/2'
complete -c c8d -s h -l help -d 'Show the options'
complete -c c8d -n __fish_use_subcommand -s V -l version -d 'Show the version'

complete -c c8d -n __fish_use_subcommand -a run -d 'Create and start a container, end with its code'
complete -c c8d -n __fish_use_subcommand -a exec -d 'Run a further process in a container'
complete -c c8d -n __fish_use_subcommand -a kill -d 'Send a signal to a container'
complete -c c8d -n __fish_use_subcommand -a delete -d 'Delete containers'
complete -c c8d -n __fish_use_subcommand -a ps -d 'List the containers and what they do'
complete -c c8d -n __fish_use_subcommand -a events -d 'Tell what happens to containers, live'
complete -c c8d -n __fish_use_subcommand -a record -d 'Record all that happens, to be replayed'
complete -c c8d -n __fish_use_subcommand -a replay -d 'Judge a recorded event log'
complete -c c8d -n __fish_use_subcommand -a graph -d 'Draw the state machines'
complete -c c8d -n __fish_use_subcommand -a version -d 'Show the versions of c8d and of containerd'

complete -c c8d -n '__fish_seen_subcommand_from run exec' -s i -l interactive -d 'Pass standard input on'
complete -c c8d -n '__fish_seen_subcommand_from run exec' -s e -l env -x -d 'Set an environment variable'
complete -c c8d -n '__fish_seen_subcommand_from run exec' -s w -l workdir -x -d 'Working directory in the container'
complete -c c8d -n '__fish_seen_subcommand_from run' -l rootfs -x -a '(__fish_complete_directories)' -d 'Root file system'
complete -c c8d -n '__fish_seen_subcommand_from run' -l bundle -x -a '(__fish_complete_directories)' -d 'OCI bundle'
complete -c c8d -n '__fish_seen_subcommand_from run' -l rm -d 'Delete the container when it has ended'
complete -c c8d -n '__fish_seen_subcommand_from run' -s d -l detach -d 'Do not wait for the end'
complete -c c8d -n '__fish_seen_subcommand_from run' -l memory -x -d 'Limit of its memory'
complete -c c8d -n '__fish_seen_subcommand_from run' -l record -r -F -d 'Record all that happens'
complete -c c8d -n '__fish_seen_subcommand_from exec' -l exec-id -x -d 'Name of the process'
complete -c c8d -n '__fish_seen_subcommand_from exec' -s u -l user -x -d 'Who it runs as'
complete -c c8d -n '__fish_seen_subcommand_from exec kill delete' -a '(__c8d_containers)'
complete -c c8d -n '__fish_seen_subcommand_from kill' -s s -l signal -x -a 'TERM KILL INT HUP QUIT USR1 USR2' -d Signal
complete -c c8d -n '__fish_seen_subcommand_from delete' -s f -l force -d 'Kill what runs'
complete -c c8d -n '__fish_seen_subcommand_from events' -l follow -d Stay
complete -c c8d -n '__fish_seen_subcommand_from events record' -l count -x -d 'End after so many notices'
complete -c c8d -n '__fish_seen_subcommand_from record' -s o -l output -r -F -d 'Where to'
complete -c c8d -n '__fish_seen_subcommand_from record' -s f -l force -d 'Replace the file'
complete -c c8d -n '__fish_seen_subcommand_from replay' -F
complete -c c8d -n '__fish_seen_subcommand_from replay' -l format -x -a 'auto ctr c8d' -d 'Format of the log'
complete -c c8d -n '__fish_seen_subcommand_from replay' -l container -x -d 'Show this one alone'
complete -c c8d -n '__fish_seen_subcommand_from replay' -l strict -d 'Unreadable lines count as odd'
complete -c c8d -n '__fish_seen_subcommand_from replay' -l html -r -F -d 'Write a page for a browser'
complete -c c8d -n '__fish_seen_subcommand_from replay' -l svg -r -F -d 'Draw the container'
complete -c c8d -n '__fish_seen_subcommand_from replay' -l timeline -d 'Show a timeline in characters'
complete -c c8d -n '__fish_seen_subcommand_from graph' -l format -x -a 'dot svg' -d 'What to print'
complete -c c8d -n '__fish_seen_subcommand_from graph' -l no-self -d 'Without arrows from a state to itself'
complete -c c8d -n '__fish_seen_subcommand_from graph' -a 'container task process connection query launch response'
