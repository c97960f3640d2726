// Package storm has pipelines register, deregister and deploy at random, between the
// controller's own calls where that hurts most, in bad weather, and judges what is
// left when the storm is over:
//
//	go test ./test/storm -run TestStorm -v -storm.interleavings=1000
//
// Each interleaving is a family of its own with a TaskRole, and a script of gusts
// that its seed decides. A gust begins by chance, and goes on right before or after
// calls that the controller makes on that family in answer to it: a pipeline that
// registers between the controller's look and its registration makes it deregister
// its own copy, and is in the middle of that again. Meanwhile calls of the controller
// are throttled, refused, cut off, answered too late or not at all, and reads of AWS
// lag behind writes.
//
// Judged is the end of each interleaving, in bad weather, and that it stays so in
// good weather; and at the end of the run the way there: every revision that was
// ever registered, and every call.
package storm
