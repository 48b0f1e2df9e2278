#!/bin/sh
# Writes faster than anybody reads, and ends.
seq 1 200000
seq 200001 400000 >&2
echo up
