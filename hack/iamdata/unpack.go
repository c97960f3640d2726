package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// source is what the package holds, as far as it is used. Its maps have names in
// lower case as keys.
type source struct {
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	UpdatedAt time.Time `json:"updatedAt"`

	license  []byte
	names    map[string]string // of services, by prefix
	services map[string]*service
}

type service struct {
	actions map[string]action
	types   map[string]resourceType
	keys    map[string]key
}

type action struct {
	Name          string     `json:"name"`
	AccessLevel   string     `json:"accessLevel"`
	ConditionKeys []string   `json:"conditionKeys"`
	ResourceTypes []accepted `json:"resourceTypes"`
}

// accepted is a resource type as an action refers to it.
type accepted struct {
	Name          string   `json:"name"`
	Required      bool     `json:"required"`
	ConditionKeys []string `json:"conditionKeys"`
}

type resourceType struct {
	Key           string   `json:"key"`
	ARN           string   `json:"arn"`
	ConditionKeys []string `json:"conditionKeys"`
}

type key struct {
	Key  string `json:"key"`
	Type string `json:"type"`
}

// unpack reads the package's tarball.
func unpack(packed io.Reader) (*source, error) {
	plain, err := gzip.NewReader(packed)
	if err != nil {
		return nil, err
	}
	s := &source{services: map[string]*service{}}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := s.file(strings.TrimPrefix(header.Name, "package/"), files); err != nil {
			return nil, fmt.Errorf("%s: %w", header.Name, err)
		}
	}
	if len(s.license) == 0 || len(s.names) == 0 {
		return nil, errors.New("the package lacks its licence or its services")
	}
	return s, nil
}

func (s *source) file(name string, content io.Reader) (err error) {
	folder, base := path.Split(name)
	prefix := strings.TrimSuffix(base, ".json")
	var into any
	switch {
	case name == "LICENSE.txt":
		s.license, err = io.ReadAll(content)
		return err
	case name == "package.json":
		into = s
	case name == "data/serviceNames.json":
		into = &s.names
	case folder == "data/actions/":
		into = &s.of(prefix).actions
	case folder == "data/resourceTypes/":
		into = &s.of(prefix).types
	case folder == "data/conditionKeys/":
		into = &s.of(prefix).keys
	default:
		return nil
	}
	return json.NewDecoder(content).Decode(into)
}

func (s *source) of(prefix string) *service {
	if s.services[prefix] == nil {
		s.services[prefix] = &service{}
	}
	return s.services[prefix]
}
