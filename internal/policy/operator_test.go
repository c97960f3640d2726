package policy

import (
	"fmt"
	"testing"
)

// outcome is what a condition comes to, seen from outside: whether an Allow with
// it allows and a Deny with it denies.
func outcome(version, operator, key string, wanted Strings, context map[string][]string) truth {
	request := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Context: context}
	decide := func(effect string, also ...Statement) Decision {
		s := Statement{Effect: effect, Action: Strings{"*"}, Resource: Strings{"*"}, Condition: Conditions{operator: {key: wanted}}}
		return Policies{Identity: []Document{{Version: version, Statement: append(Statements{s}, also...)}}}.Evaluate(request)
	}
	allows := decide(Allow) == Allowed
	denies := decide(Deny, Statement{Effect: Allow, Action: Strings{"*"}, Resource: Strings{"*"}}) == ExplicitlyDenied
	switch {
	case allows && denies:
		return yes
	case denies:
		return unknown
	case allows:
		panic("it allows what it does not deny")
	default:
		return no
	}
}

// row is a condition on the key k, and what the request has there: nil where the
// key is absent.
type row struct {
	operator string
	wanted   Strings
	got      []string
	want     truth
}

func judge(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(fmt.Sprintf("%s %q %q", r.operator, r.wanted, r.got), func(t *testing.T) {
			context := map[string][]string{"aws:username": {"ann"}}
			if r.got != nil {
				context["test:k"] = r.got
			}
			if got := outcome(Version, r.operator, "test:k", r.wanted, context); got != r.want {
				t.Errorf("it comes to %d, not %d", got, r.want)
			}
		})
	}
}

// IAM: JSON policy elements: Condition operators, "String condition operators".
func TestStringOperatorsCompareAsIAMSays(t *testing.T) {
	judge(t, []row{
		{"StringEquals", Strings{"a"}, []string{"a"}, yes},
		{"StringEquals", Strings{"a"}, []string{"A"}, no},
		{"StringEquals", Strings{"a"}, []string{"ab"}, no},
		{"StringEquals", Strings{"a*"}, []string{"ab"}, no},
		{"StringEquals", Strings{"a*"}, []string{"a*"}, yes},
		{"StringEquals", Strings{"a?"}, []string{"ab"}, no},
		{"StringEquals", Strings{""}, []string{""}, yes}, // the page's own example of s3:prefix has ""
		{"StringEquals", Strings{"a", "b"}, []string{"b"}, yes},
		{"StringEquals", Strings{"a", "b"}, []string{"c"}, no},
		{"StringNotEquals", Strings{"a"}, []string{"a"}, no},
		{"StringNotEquals", Strings{"a"}, []string{"A"}, yes},
		{"StringNotEquals", Strings{"a", "b"}, []string{"b"}, no},
		{"StringNotEquals", Strings{"a", "b"}, []string{"c"}, yes},
		{"StringEqualsIgnoreCase", Strings{"Ann"}, []string{"aNN"}, yes},
		{"StringEqualsIgnoreCase", Strings{"É"}, []string{"é"}, yes},
		{"StringEqualsIgnoreCase", Strings{"Ann"}, []string{"Anna"}, no},
		{"StringEqualsIgnoreCase", Strings{"a*"}, []string{"AB"}, no},
		{"StringNotEqualsIgnoreCase", Strings{"Ann"}, []string{"aNN"}, no},
		{"StringNotEqualsIgnoreCase", Strings{"Ann"}, []string{"Bob"}, yes},
		{"StringLike", Strings{"home/*"}, []string{"home/ann/x"}, yes},
		{"StringLike", Strings{"home/*"}, []string{"Home/ann"}, no},
		{"StringLike", Strings{"h?me"}, []string{"home"}, yes},
		{"StringLike", Strings{"h?me"}, []string{"hme"}, no},
		{"StringLike", Strings{"?"}, []string{"é"}, yes},
		{"StringLike", Strings{"home"}, []string{"home/"}, no}, // wildcards must be written for partial matches
		{"StringLike", Strings{"*"}, []string{""}, yes},
		{"StringLike", Strings{"x", "h*"}, []string{"home"}, yes},
		{"StringLike", Strings{"arn:aws:s:*:1:f/*"}, []string{"arn:aws:s:r:9:s/a:1:f/d"}, yes}, // "Amazon Resource Name (ARN) condition operators"
		{"StringNotLike", Strings{"home/*"}, []string{"home/ann"}, no},
		{"StringNotLike", Strings{"home/*"}, []string{"Home/ann"}, yes},
		{"StringNotLike", Strings{"a*", "b*"}, []string{"bc"}, no},
		{"StringNotLike", Strings{"a*", "b*"}, []string{"c"}, yes},
		{"stringequals", Strings{"a"}, []string{"a"}, yes},
	})
}

// IAM: JSON policy elements: Condition operators, "Numeric condition operators".
func TestNumericOperatorsCompareIntegersAndDecimals(t *testing.T) {
	judge(t, []row{
		{"NumericEquals", Strings{"10"}, []string{"10"}, yes},
		{"NumericEquals", Strings{"10"}, []string{"10.0"}, yes},
		{"NumericEquals", Strings{"10"}, []string{"1e1"}, yes},
		{"NumericEquals", Strings{"010"}, []string{"10"}, yes},
		{"NumericEquals", Strings{"10"}, []string{"11"}, no},
		{"NumericEquals", Strings{"0.1"}, []string{".1"}, yes},
		{"NumericEquals", Strings{"-1"}, []string{"1"}, no},
		{"NumericEquals", Strings{"9007199254740993"}, []string{"9007199254740992"}, no},
		{"NumericNotEquals", Strings{"10"}, []string{"10.0"}, no},
		{"NumericNotEquals", Strings{"10", "11"}, []string{"11"}, no},
		{"NumericNotEquals", Strings{"10"}, []string{"11"}, yes},
		{"NumericLessThan", Strings{"10"}, []string{"9"}, yes}, // as texts 9 would be more
		{"NumericLessThan", Strings{"10"}, []string{"10"}, no},
		{"NumericLessThan", Strings{"10"}, []string{"9.99"}, yes},
		{"NumericLessThanEquals", Strings{"10"}, []string{"10"}, yes},
		{"NumericLessThanEquals", Strings{"10"}, []string{"11"}, no},
		{"NumericGreaterThan", Strings{"10"}, []string{"11"}, yes},
		{"NumericGreaterThan", Strings{"10"}, []string{"10"}, no},
		{"NumericGreaterThanEquals", Strings{"10"}, []string{"10"}, yes},
		{"NumericGreaterThanEquals", Strings{"10"}, []string{"9"}, no},
		{"NumericLessThan", Strings{"5", "10"}, []string{"7"}, yes},
		{"NumericEquals", Strings{"ten"}, []string{"10"}, unknown},
		{"NumericEquals", Strings{"0x10"}, []string{"16"}, unknown},
		{"NumericEquals", Strings{"inf"}, []string{"16"}, unknown},
		{"NumericLessThan", Strings{"1e999"}, []string{"16"}, unknown},
		{"NumericLessThan", Strings{""}, []string{"16"}, unknown},
		{"NumericEquals", Strings{"ten", "10"}, []string{"10"}, yes}, // the readable value is enough
		{"NumericNotEquals", Strings{"ten"}, []string{"10"}, unknown},
		{"NumericNotEquals", Strings{"ten", "10"}, []string{"10"}, no},
		{"NumericEquals", Strings{"10"}, []string{"ten"}, no},
		{"NumericNotEquals", Strings{"10"}, []string{"ten"}, yes},
		{"NumericLessThan", Strings{"${aws:username}"}, []string{"1"}, unknown}, // no policy variables here
	})
}

// IAM: JSON policy elements: Condition operators, "Date condition operators".
func TestDateOperatorsReadISO8601AndEpochSeconds(t *testing.T) {
	judge(t, []row{
		{"DateEquals", Strings{"2020-01-01T00:00:00Z"}, []string{"2020-01-01T00:00:00Z"}, yes},
		{"DateEquals", Strings{"2020-01-01T00:00:00Z"}, []string{"2020-01-01T01:00:00+01:00"}, yes},
		{"DateEquals", Strings{"2020-01-01T00:00:00Z"}, []string{"2020-01-01"}, yes},
		{"DateEquals", Strings{"2020-01"}, []string{"2020-01-01"}, yes},
		{"DateEquals", Strings{"2020"}, []string{"2020-01-01"}, yes},
		{"DateEquals", Strings{"2020-01-01T00:00Z"}, []string{"2020-01-01T00:00:00.000Z"}, yes},
		{"DateEquals", Strings{"2020-01-01T01:00+01:00"}, []string{"2020-01-01"}, yes},
		{"DateEquals", Strings{"1577836800"}, []string{"2020-01-01T00:00:00Z"}, yes},
		{"DateEquals", Strings{"2020-01-01T00:00:00Z"}, []string{"2020-01-01T00:00:01Z"}, no},
		{"DateNotEquals", Strings{"2020-01-01"}, []string{"1577836800"}, no},
		{"DateNotEquals", Strings{"2020-01-01"}, []string{"1577836801"}, yes},
		{"DateLessThan", Strings{"2020-01-01T00:00:01Z"}, []string{"2020-01-01T00:00:00.5Z"}, yes},
		{"DateLessThan", Strings{"2020-01-01"}, []string{"2020-01-01"}, no},
		{"DateLessThanEquals", Strings{"2020-01-01"}, []string{"2020-01-01"}, yes},
		{"DateLessThanEquals", Strings{"2020-01-01"}, []string{"2020-01-02"}, no},
		{"DateGreaterThan", Strings{"2020-01-01T00:00:01Z"}, []string{"2021-06-30T12:00:00Z"}, yes},
		{"DateGreaterThan", Strings{"2020-01-01"}, []string{"2020-01-01"}, no},
		{"DateGreaterThan", Strings{"2020-01-01"}, []string{"999999999"}, no}, // of 2001
		{"DateGreaterThanEquals", Strings{"2020-01-01"}, []string{"2020-01-01"}, yes},
		{"DateGreaterThanEquals", Strings{"2020-01-01"}, []string{"2019-12-31"}, no},
		{"DateLessThan", Strings{"tomorrow"}, []string{"2020-01-01"}, unknown},
		{"DateLessThan", Strings{"2020-13-01"}, []string{"2020-01-01"}, unknown},
		{"DateLessThan", Strings{"2020-01-*"}, []string{"2020-01-01"}, unknown}, // wildcards are not permitted
		{"DateLessThan", Strings{"2020-01-01"}, []string{"tomorrow"}, no},
		{"DateLessThan", Strings{"${aws:CurrentTime}"}, []string{"2020-01-01"}, unknown},
	})
}

// IAM: JSON policy elements: Condition operators, "Boolean condition operators",
// "Binary condition operators".
func TestBoolAndBinaryEqualsCompareTheirValues(t *testing.T) {
	judge(t, []row{
		{"Bool", Strings{"true"}, []string{"true"}, yes},
		{"Bool", Strings{"True"}, []string{"true"}, yes},
		{"Bool", Strings{"true"}, []string{"false"}, no},
		{"Bool", Strings{"false"}, []string{"false"}, yes},
		{"Bool", Strings{"true", "false"}, []string{"false"}, yes},
		{"Bool", Strings{"true"}, nil, no},
		{"Bool", Strings{"false"}, nil, no}, // absent is not false
		{"BoolIfExists", Strings{"false"}, nil, yes},
		{"Bool", Strings{"yes"}, []string{"true"}, unknown},
		{"Bool", Strings{"false"}, []string{"0"}, no},
		{"BinaryEquals", Strings{"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, []string{"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}, yes},
		{"BinaryEquals", Strings{"QQ=="}, []string{"Qg=="}, no},
		{"BinaryEquals", Strings{"QQ"}, []string{"QQ=="}, unknown},
		{"BinaryEquals", Strings{"QQ=="}, []string{"*"}, no},
		{"BinaryEquals", Strings{"QUJD"}, []string{"QUJD*"}, no},
		{"BinaryEquals", Strings{"QQ=="}, nil, no},
	})
}

// IAM: JSON policy elements: Condition operators, "IP address condition
// operators".
func TestIPAddressOperatorsKnowRangesOfBothVersions(t *testing.T) {
	judge(t, []row{
		{"IpAddress", Strings{"203.0.113.0/24"}, []string{"203.0.113.255"}, yes},
		{"IpAddress", Strings{"203.0.113.0/24"}, []string{"203.0.114.0"}, no},
		{"IpAddress", Strings{"203.0.113.9/24"}, []string{"203.0.113.1"}, yes}, // bits of the host do not count
		{"IpAddress", Strings{"203.0.113.7"}, []string{"203.0.113.7"}, yes},
		{"IpAddress", Strings{"203.0.113.7"}, []string{"203.0.113.8"}, no}, // without a length: /32
		{"IpAddress", Strings{"0.0.0.0/0"}, []string{"10.1.2.3"}, yes},
		{"IpAddress", Strings{"0.0.0.0/0"}, []string{"2001:db8::1"}, no},
		{"IpAddress", Strings{"2001:DB8:1234:5678::/64"}, []string{"2001:db8:1234:5678:ffff::1"}, yes},
		{"IpAddress", Strings{"2001:DB8:1234:5678::/64"}, []string{"2001:db8:1234:5679::1"}, no},
		{"IpAddress", Strings{"2001:db8::1"}, []string{"2001:DB8:0:0::1"}, yes},
		{"IpAddress", Strings{"203.0.113.0/24"}, []string{"::ffff:203.0.113.7"}, yes},
		{"IpAddress", Strings{"203.0.113.0/24", "2001:DB8:1234:5678::/64"}, []string{"2001:db8:1234:5678::1"}, yes},
		{"NotIpAddress", Strings{"203.0.113.0/24"}, []string{"203.0.113.7"}, no},
		{"NotIpAddress", Strings{"203.0.113.0/24"}, []string{"203.0.114.7"}, yes},
		{"NotIpAddress", Strings{"10.0.0.0/8", "203.0.113.0/24"}, []string{"203.0.113.7"}, no},
		{"NotIpAddress", Strings{"203.0.113.0/24"}, nil, yes},
		{"NotIpAddress", Strings{"203.0.113.0/24"}, []string{"AWS Internal"}, yes},
		{"IpAddress", Strings{"203.0.113.0/24"}, []string{"AWS Internal"}, no},
		{"IpAddress", Strings{"203.0.113.0/33"}, []string{"203.0.113.7"}, unknown},
		{"IpAddress", Strings{"203.0.113.*"}, []string{"203.0.113.7"}, unknown},
		{"IpAddress", Strings{"fe80::1%eth0"}, []string{"fe80::1"}, unknown},
		{"IpAddress", Strings{"${aws:SourceIp}"}, []string{"203.0.113.7"}, unknown},
	})
}

// IAM: JSON policy elements: Condition operators, "Amazon Resource Name (ARN)
// condition operators".
func TestARNOperatorsCompareTheSixPartsOneByOne(t *testing.T) {
	const topic = "arn:aws:sns:us-east-2:111122223333:orders"
	judge(t, []row{
		{"ArnEquals", Strings{topic}, []string{topic}, yes},
		{"ArnLike", Strings{topic}, []string{topic}, yes},
		{"ArnEquals", Strings{"arn:aws:sns:*:111122223333:ord*"}, []string{topic}, yes}, // both know wildcards
		{"ArnLike", Strings{"arn:aws:sns:*:111122223333:ord*"}, []string{topic}, yes},
		{"ArnLike", Strings{"arn:aws:sns:us-east-?:1111*:*"}, []string{topic}, yes},
		{"ArnLike", Strings{"arn:aws:sns:*:111122223333:Ord*"}, []string{topic}, no},
		{"ArnLike", Strings{"arn:aws:sns:*:999999999999:*"}, []string{topic}, no},
		{"ArnLike", Strings{"arn:*:*:*:*:*"}, []string{topic}, yes},
		{"ArnLike", Strings{"arn:*:*:*:*:*"}, []string{"arn:aws:sns"}, no},
		{"ArnLike", Strings{"arn:aws:s:*:1:f/*"}, []string{"arn:aws:s:r:9:s/a:1:f/d"}, no}, // the page's example
		{"ArnLike", Strings{"arn:aws:logs:r:1:*"}, []string{"arn:aws:logs:r:1:log-group:g:log-stream:s"}, yes},
		{"ArnLike", Strings{"arn:aws:logs:r:1:log-group:g"}, []string{"arn:aws:logs:r:1:log-group:g:*"}, no},
		{"ArnLike", Strings{"arn:aws:logs:r:1*:g"}, []string{"arn:aws:logs:r:1:2:g"}, no},
		{"ArnLike", Strings{"arn:aws:s3:::b"}, []string{"arn:aws:s3:::b"}, yes},
		{"ArnLike", Strings{"arn:aws:s3:::b"}, []string{"b"}, no},
		{"ArnNotEquals", Strings{topic}, []string{topic}, no},
		{"ArnNotLike", Strings{"arn:aws:sns:*:111122223333:*"}, []string{topic}, no},
		{"ArnNotLike", Strings{"arn:aws:sns:*:999999999999:*"}, []string{topic}, yes},
		{"ArnNotEquals", Strings{"arn:aws:sns:*:9*:*", "arn:aws:sns:*:1*:*"}, []string{topic}, no},
		{"ArnNotLike", Strings{topic}, nil, yes},
		{"ArnNotLike", Strings{topic}, []string{"orders"}, yes},
		{"ArnLike", Strings{"*"}, []string{topic}, unknown}, // no ARN
		{"ArnLike", Strings{"arn:aws:sns:*"}, []string{topic}, unknown},
		{"ArnNotLike", Strings{"arn:aws:sns"}, []string{"arn:aws"}, unknown},
		{"ArnLike", Strings{"arn:aws:iam::1:user/${aws:username}"}, []string{"arn:aws:iam::1:user/ann"}, yes},
		{"ArnLike", Strings{"arn:aws:iam::1:user/${aws:username}"}, []string{"arn:aws:iam::1:user/bob"}, no},
	})
}

// IAM: JSON policy elements: Condition operators, "...IfExists condition
// operators", "Condition operator to check existence of condition keys", and the
// page's note on absent keys.
func TestAbsentKeysAreJudgedByOperatorAndSuffix(t *testing.T) {
	judge(t, []row{
		{"StringEquals", Strings{"a"}, nil, no},
		{"StringLike", Strings{"*"}, nil, no},
		{"StringEquals", Strings{"a"}, []string{}, no},
		{"StringNotEquals", Strings{"a"}, nil, yes},
		{"StringNotEqualsIgnoreCase", Strings{"a"}, nil, yes},
		{"StringNotLike", Strings{"*"}, nil, yes},
		{"NumericNotEquals", Strings{"1"}, nil, yes},
		{"DateNotEquals", Strings{"2020"}, nil, yes},
		{"NumericLessThan", Strings{"1"}, nil, no},
		{"DateGreaterThan", Strings{"2020"}, nil, no},
		{"IpAddress", Strings{"0.0.0.0/0"}, nil, no},
		{"StringEqualsIfExists", Strings{"a"}, nil, yes},
		{"StringEqualsIfExists", Strings{"a"}, []string{"a"}, yes},
		{"StringEqualsIfExists", Strings{"a"}, []string{"b"}, no},
		{"StringLikeIfExists", Strings{"t1.*", "t2.*"}, []string{"m3.large"}, no},
		{"StringNotEqualsIfExists", Strings{"a"}, nil, yes},
		{"StringNotEqualsIfExists", Strings{"a"}, []string{"a"}, no},
		{"NumericLessThanIfExists", Strings{"1"}, nil, yes},
		{"ArnLikeIFEXISTS", Strings{"arn:aws:s3:::b"}, nil, yes},
		{"Null", Strings{"true"}, nil, yes},
		{"Null", Strings{"true"}, []string{"x"}, no},
		{"Null", Strings{"false"}, nil, no},
		{"Null", Strings{"false"}, []string{"x"}, yes},
		{"Null", Strings{"false"}, []string{"x", "y"}, yes},
		{"Null", Strings{"false"}, []string{""}, no}, // "the key exists and its value is not null"
		{"Null", Strings{"true"}, []string{}, yes},
		{"null", Strings{"True"}, nil, yes},
		{"Null", Strings{"true", "false"}, []string{"x"}, yes},
		{"Null", Strings{"maybe"}, nil, unknown},
		{"NullIfExists", Strings{"true"}, nil, unknown}, // IfExists goes with any operator but Null
	})
}

// IAM: Single-valued vs. multivalued context keys, "Set operators for
// multivalued context keys"; IAM Access Analyzer policy check reference, "Empty
// array condition ForAllValues", "Null with qualifier", "Missing qualifier".
func TestSetOperatorsJudgeEveryValueOfTheRequest(t *testing.T) {
	judge(t, []row{
		{"ForAllValues:StringEquals", Strings{"PostDateTime", "Message", "Tags"}, []string{"Message", "Tags"}, yes},
		{"ForAllValues:StringEquals", Strings{"PostDateTime", "Message", "Tags"}, []string{"PostDateTime", "UserName"}, no},
		{"ForAllValues:StringEquals", Strings{"a"}, nil, yes},
		{"ForAllValues:StringEquals", Strings{"a"}, []string{}, yes},
		{"ForAllValues:StringEquals", Strings{"a"}, []string{""}, yes}, // "a null data set, such as an empty string"
		{"ForAllValues:StringEquals", Strings{"a"}, []string{"a", ""}, no},
		{"ForAllValues:StringEquals", Strings{}, nil, yes},
		{"ForAllValues:StringEquals", Strings{}, []string{"a"}, no},
		{"ForAllValues:StringLike", Strings{"a*"}, []string{"ab", "ac"}, yes},
		{"ForAllValues:StringLike", Strings{"a*"}, []string{"ab", "b"}, no},
		{"ForAllValues:StringNotEquals", Strings{"a", "b"}, []string{"c", "d"}, yes},
		{"ForAllValues:StringNotEquals", Strings{"a", "b"}, []string{"c", "a"}, no},
		{"ForAllValues:StringNotEquals", Strings{"a"}, nil, yes},
		{"ForAllValues:StringEqualsIfExists", Strings{"a"}, nil, yes},
		{"forallvalues:stringequals", Strings{"a"}, []string{"a", "b"}, no},
		{"ForAnyValue:StringEquals", Strings{"ID", "PostDateTime"}, []string{"UserName", "Message", "PostDateTime"}, yes},
		{"ForAnyValue:StringEquals", Strings{"ID", "PostDateTime"}, []string{"UserName"}, no},
		{"ForAnyValue:StringEquals", Strings{"a"}, nil, no},
		{"ForAnyValue:StringEquals", Strings{""}, []string{""}, no}, // a null data set, too
		{"ForAnyValue:StringEquals", Strings{}, []string{"a"}, no},
		{"ForAnyValue:StringNotEquals", Strings{"a", "b"}, []string{"a", "c"}, yes},
		{"ForAnyValue:StringNotEquals", Strings{"a", "b"}, []string{"a", "b"}, no},
		{"ForAnyValue:StringNotEquals", Strings{"a"}, nil, no}, // nothing in the set differs from a
		{"ForAnyValue:StringLike", Strings{"o-1/r-1/*"}, []string{"o-1/r-1/ou-1/"}, yes},
		{"ForAnyValue:StringLikeIfExists", Strings{"a"}, []string{"b"}, no},
		{"ForAnyValue:StringLikeIfExists", Strings{"a"}, nil, unknown}, // told both ways
		{"ForAnyValue:NumericLessThan", Strings{"5"}, []string{"7", "3"}, yes},
		{"ForAllValues:NumericLessThan", Strings{"5"}, []string{"7", "3"}, no},
		{"ForAllValues:Bool", Strings{"true"}, []string{"true", "true"}, yes},
		{"ForAnyValue:ArnLike", Strings{"arn:aws:s3:::b*"}, []string{"arn:aws:s3:::a", "arn:aws:s3:::b1"}, yes},
		{"ForAllValues:NumericEquals", Strings{"five"}, []string{"5"}, unknown},
		{"ForAllValues:NumericEquals", Strings{"five"}, nil, yes},
		{"ForAllValues:Null", Strings{"true"}, []string{"x"}, yes},
		{"ForAnyValue:Null", Strings{"true"}, nil, no},
		{"StringEquals", Strings{"a"}, []string{"a", "b"}, unknown},
		{"StringNotEquals", Strings{"a"}, []string{"b", "c"}, unknown},
		{"StringEqualsIfExists", Strings{"a"}, []string{"a", "b"}, unknown},
	})
}

func TestAnOperatorThatIAMDoesNotKnowNeverAllowsAndAlwaysDenies(t *testing.T) {
	for _, operator := range []string{
		"", "String", "StringsEqual", "StringEqual", "BinaryNotEquals", "IfExists", "ForAllValues:", "ForAnyValues:StringEquals",
		"ForAllValues:ForAnyValue:StringEquals", "StringEqualsIfExistsIfExists", "NotBool", " StringEquals",
	} {
		judge(t, []row{
			{operator, Strings{"a"}, []string{"a"}, unknown},
			{operator, Strings{"a"}, []string{"b"}, unknown},
			{operator, Strings{"a"}, nil, unknown},
		})
	}
}

// IAM: JSON policy elements: Condition, "Context key names are not
// case-sensitive", of tags' keys, too.
func TestKeysAreFoundInAnyCapitals(t *testing.T) {
	for _, c := range []struct {
		key  string
		want truth
	}{
		{"aws:PrincipalTag/Team", yes},
		{"AWS:principaltag/Team", yes},
		{"aws:PrincipalTag/team", yes},
		{"AWS:PRINCIPALTAG/TEAM", yes},
		{"aws:PrincipalTag/teams", no},
		{"aws:PrincipalTag", no},
		{"aws:PrincipalTag/Tea", no},
	} {
		if got := outcome(Version, "StringEquals", c.key, Strings{"red"}, map[string][]string{"aws:PrincipalTag/Team": {"red"}}); got != c.want {
			t.Errorf("%s comes to %d, not %d", c.key, got, c.want)
		}
	}
	for range 50 { // a map's order must not decide
		context := map[string][]string{"aws:RequestTag/Team": {"red"}, "aws:RequestTag/team": {"blue"}, "aws:RequestTag/TEAM": {"green"}}
		if got := outcome(Version, "StringEquals", "aws:RequestTag/team", Strings{"green"}, context); got != yes {
			t.Fatal("of a key in several capitals another one counted than the first in byte order")
		}
	}
}

// IAM: Conditions with multiple context keys or values.
func TestAllOperatorsAndKeysMustHold(t *testing.T) {
	context := map[string][]string{"a:x": {"1"}, "a:y": {"2"}}
	for _, c := range []struct {
		conditions Conditions
		want       truth
	}{
		{nil, yes},
		{Conditions{}, yes},
		{Conditions{"StringEquals": {}}, yes},
		{Conditions{"StringEquals": {"a:x": {"1"}, "a:y": {"2"}}}, yes},
		{Conditions{"StringEquals": {"a:x": {"1"}, "a:y": {"3"}}}, no},
		{Conditions{"StringEquals": {"a:x": {"1"}}, "NumericLessThan": {"a:y": {"3"}}}, yes},
		{Conditions{"StringEquals": {"a:x": {"1"}}, "NumericLessThan": {"a:y": {"2"}}}, no},
		{Conditions{"StringEquals": {"a:x": {"1"}}, "stringequals": {"a:x": {"2"}}}, no},
		{Conditions{"StringEquals": {"a:x": {"1"}}, "Strange": {"a:y": {"2"}}}, unknown},
		{Conditions{"StringEquals": {"a:x": {"2"}}, "Strange": {"a:y": {"2"}}}, no},
		{Conditions{"StringEquals": {"a:x": {"1"}}, "StringNotEquals": {"a:z": {"9"}}, "Null": {"a:z": {"true"}}}, yes},
	} {
		for range 5 { // in whatever order the maps come
			s := scope{request: Request{Context: context}, variables: true}
			if got := s.conditions(c.conditions); got != c.want {
				t.Fatalf("%v comes to %d, not %d", c.conditions, got, c.want)
			}
		}
	}
}
