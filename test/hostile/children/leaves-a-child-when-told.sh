#!/bin/sh
# Ends once the file "go" appears, and leaves a child behind.
sleep 1000 &
echo up
until [ -e go ]; do sleep 0.01; done
exit 3
