// Package ground starts what a test of the whole controller needs: a control plane,
// a simulated AWS, and managers as processes of their own, built of this source.
package ground
