#!/bin/sh
# Ends and leaves a child behind, which holds its output open.
sleep 1000 &
echo up
exit 3
