package iam

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// paged cuts the page out of items that Marker and MaxItems ask for. IAM may
// always answer fewer than asked for (IAM: ListRoles, MaxItems); here the
// service's page size sees to that.
func paged[T any](r *request, operation string, items []T) ([]T, page, error) {
	from := 0
	if marker := r.form.Get("Marker"); marker != "" {
		var err error
		if from, err = readMarker(operation, marker); err != nil {
			return nil, page{}, err
		}
	}
	size := min(r.number("MaxItems", r.service.options.PageSize), r.service.options.PageSize)
	from = min(from, len(items))
	to := min(from+size, len(items))
	if to == len(items) {
		return items[from:], page{}, nil
	}
	return items[from:to], page{IsTruncated: true, Marker: writeMarker(operation, to)}, nil
}

// Markers name their operation, so that one is no good for another.
func writeMarker(operation string, at int) string {
	return base64.StdEncoding.EncodeToString([]byte(operation + " " + strconv.Itoa(at)))
}

// readMarker refuses with ValidationError: the models list no InvalidInput for
// most listings.
func readMarker(operation, marker string) (int, error) {
	text, err := base64.StdEncoding.DecodeString(marker)
	if err == nil {
		if at, found := strings.CutPrefix(string(text), operation+" "); found {
			if n, err := strconv.Atoi(at); err == nil && n >= 0 {
				return n, nil
			}
		}
	}
	return 0, wire.Refuse(http.StatusBadRequest, "ValidationError", "Invalid Marker.")
}

// number reads an integer that was validated before.
func (r *request) number(name string, otherwise int) int {
	n, err := strconv.Atoi(r.form.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// inPath keeps the items whose path starts with PathPrefix.
func inPath[T any](r *request, items []T, path func(T) string) []T {
	prefix := r.form.Get("PathPrefix")
	out := make([]T, 0, len(items))
	for _, item := range items {
		if strings.HasPrefix(path(item), prefix) {
			out = append(out, item)
		}
	}
	return out
}
