#!/bin/sh
# Freezes itself.
echo up
kill -STOP $$
echo on
exit 5
