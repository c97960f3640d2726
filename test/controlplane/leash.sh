#!/bin/sh
# Stands in place of a binary of the control plane; leash.go says why.
folder=@FOLDER@
self=$$

# Waits for a line, which says that all was stopped in good order, or for the
# end of file, which says that whoever started this is gone.
watch() {
	if read -r _; then
		exit
	fi
	kill -TERM "$self"
	for _ in 1 2 3 4 5; do
		kill -0 "$self" || break
		sleep 1
	done
	kill -KILL "$self"
	# The last of the shells to come here leaves nothing.
	rm -rf "$folder"
}

# envtest asks for the help text before it starts anything.
if [ "$1" != --help ]; then
	exec 9<"$folder/leash"
	# No output of its own: whoever reads the binary's waits for its end.
	watch <&9 >/dev/null 2>&1 &
	exec 9<&-
fi

exec @BINARY@ "$@"
