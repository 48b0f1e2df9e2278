#!/bin/sh
# Has a name that looks like the end of its name and other fields, and a child in another session.
printf ') Z 1 1 1 (' >"/proc/$$/comm"
setsid sleep 1000 &
echo up
wait
