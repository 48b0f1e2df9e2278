#!/bin/sh
# Answers SIGTERM with five daemons, each in a session of its own and without environment, then ends.
trap 'for n in 1 2 3 4 5; do env -i setsid /bin/sh -c "/bin/sleep 1000 &"; done; exit 0' TERM
echo up
while :; do sleep 0.05; done
