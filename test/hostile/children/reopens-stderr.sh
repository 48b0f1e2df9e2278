#!/bin/sh
# Opens its error output anew by name, which empties a plain file.
echo first
echo up >/dev/stderr
echo last
exec sleep 1000
