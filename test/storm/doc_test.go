// Package storm has pipelines register, deregister and deploy at random, between the
// controller's own calls where that hurts most, in bad weather, and judges what is
// left when the storm is over:
//
//	go test ./test/storm -run TestStorm -v -storm.interleavings=1000
//
// Each interleaving is a family of its own with a TaskRole, and a script that its
// seed decides: what the pipeline does, and when. When is by chance, or right before
// or after a call that the controller makes on that family. Meanwhile calls of the
// controller are throttled, refused, cut off, answered too late or not at all, and
// reads of AWS lag behind writes.
package storm
