#!/bin/sh
# As a walker, each of its processes in a session of its own and without environment.
cat >walk <<'END'
/bin/sleep 0.005
/usr/bin/env -i /usr/bin/setsid /bin/sh ./walk &
END
env -i setsid /bin/sh ./walk &
echo up
exec sleep 1000
