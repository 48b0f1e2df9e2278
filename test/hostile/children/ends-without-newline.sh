#!/bin/sh
# Its last line has no end.
printf 'up and no end'
