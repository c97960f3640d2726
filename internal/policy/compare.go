package policy

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

func stringEquals(s scope, wanted, got string) truth {
	text, t := s.resolve(wanted)
	if t != yes {
		return t
	}
	return truthOf(text == got)
}

func stringEqualsIgnoreCase(s scope, wanted, got string) truth {
	text, t := s.resolve(wanted)
	if t != yes {
		return t
	}
	return truthOf(strings.EqualFold(text, got))
}

func stringLike(s scope, wanted, got string) truth {
	var buffer [shortText]glyph
	pattern, t := s.like(buffer[:0], wanted)
	if t != yes {
		return t
	}
	return truthOf(matches(pattern, got, exact))
}

// arnLike compares the six parts of an ARN one by one, wildcards in each.
func arnLike(s scope, wanted, got string) truth {
	var buffer [shortText]glyph
	pattern, t := s.like(buffer[:0], wanted)
	if t != yes {
		return t
	}
	for range arnColons {
		colon := slices.Index(pattern, ':')
		if colon < 0 {
			return unknown
		}
		part, rest, found := strings.Cut(got, ":")
		if !found || !matches(pattern[:colon], part, exact) {
			t = no // and go on: what is no ARN is unknown
		}
		pattern, got = pattern[colon+1:], rest
	}
	return min(t, truthOf(matches(pattern, got, exact)))
}

func boolEquals(_ scope, wanted, got string) truth {
	want, readable := readBool(wanted)
	if !readable {
		return unknown
	}
	is, readable := readBool(got)
	return truthOf(readable && is == want)
}

func readBool(text string) (value, readable bool) {
	value = sameName(text, "true")
	return value, value || sameName(text, "false")
}

func binaryEquals(_ scope, wanted, got string) truth {
	want, err := base64.StdEncoding.DecodeString(wanted)
	if err != nil {
		return unknown
	}
	is, err := base64.StdEncoding.DecodeString(got)
	return truthOf(err == nil && bytes.Equal(is, want))
}

// ipAddress takes ranges in CIDR notation, and single addresses.
func ipAddress(_ scope, wanted, got string) truth {
	network, readable := readNetwork(wanted)
	if !readable {
		return unknown
	}
	address, err := netip.ParseAddr(got)
	return truthOf(err == nil && network.Contains(address.Unmap()))
}

func readNetwork(text string) (netip.Prefix, bool) {
	if strings.Contains(text, "/") {
		network, err := netip.ParsePrefix(text)
		return network, err == nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" {
		return netip.Prefix{}, false
	}
	address = address.Unmap()
	return netip.PrefixFrom(address, address.BitLen()), true
}

// The orders that operators ask for, by how the request's value compares with
// the policy's.
func equal(order int) bool   { return order == 0 }
func less(order int) bool    { return order < 0 }
func atMost(order int) bool  { return order <= 0 }
func greater(order int) bool { return order > 0 }
func atLeast(order int) bool { return order >= 0 }

func numeric(accept func(order int) bool) comparison {
	return ordered(readNumber, number.compare, accept)
}

func date(accept func(order int) bool) comparison {
	return ordered(readDate, time.Time.Compare, accept)
}

func ordered[T any](read func(string) (T, bool), compare func(a, b T) int, accept func(order int) bool) comparison {
	return func(_ scope, wanted, got string) truth {
		want, readable := read(wanted)
		if !readable {
			return unknown
		}
		is, readable := read(got)
		return truthOf(readable && accept(compare(is, want)))
	}
}

// number is an integer, exact up to 64 bits, or a decimal fraction.
type number struct {
	integer  int64
	fraction float64
	whole    bool
}

func (n number) compare(other number) int {
	if n.whole && other.whole {
		return cmp.Compare(n.integer, other.integer)
	}
	return cmp.Compare(n.fraction, other.fraction)
}

// readNumber reads decimal notation only: strconv also knows infinity,
// hexadecimal digits and underscores.
func readNumber(text string) (number, bool) {
	if text == "" || strings.Trim(text, "+-.0123456789Ee") != "" {
		return number{}, false
	}
	if !strings.ContainsAny(text, ".Ee") {
		if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
			return number{integer, float64(integer), true}, true
		}
	}
	const doublePrecision = 64
	fraction, err := strconv.ParseFloat(text, doublePrecision)
	return number{fraction: fraction}, err == nil
}

// readDate reads seconds since 1970 and the forms of the W3C's note on dates and
// times, a profile of ISO 8601 (IAM: JSON policy elements: Condition operators).
// Four digits are a year.
func readDate(text string) (time.Time, bool) {
	const year, month, day, minute = "2006", "2006-01", "2006-01-02", "2006-01-02T15:04Z07:00"
	layout := time.RFC3339
	switch {
	case len(text) == len(year):
		layout = year
	case strings.Trim(text, "0123456789") == "":
		seconds, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(seconds, 0), err == nil
	case len(text) == len(month):
		layout = month
	case len(text) == len(day):
		layout = day
	case len(text) > len("2006-01-02T15:04") && text[len("2006-01-02T15:04")] != ':':
		layout = minute
	}
	moment, err := time.Parse(layout, text)
	return moment, err == nil
}
