#!/bin/sh
# Has a child that is another process every few milliseconds.
cat >walk <<'END'
/bin/sleep 0.005
/bin/sh ./walk &
END
sh ./walk &
echo up
exec sleep 1000
