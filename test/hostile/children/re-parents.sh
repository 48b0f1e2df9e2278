#!/bin/sh
# Its grandchild is in its group, and its parent is gone.
sh -c 'sleep 1000 & echo $! >grandchild.pid'
until [ -s grandchild.pid ]; do :; done
echo up
exec sleep 1000
