package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// minimised reads statements, one a line, as
//
//	Sid: Effect action,action resource,resource [operator key value,value]
//
// with ~ for a comma that is none of these, and writes the minimised ones in the same way, with their origins.
func minimised(t *testing.T, lines string) string {
	t.Helper()
	d := Document{Version: Version}
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" {
			d.Statement = append(d.Statement, statementOf(line))
		}
	}
	small, origins := Minimise(d)
	var out strings.Builder
	for i, s := range small.Statement {
		fmt.Fprintf(&out, "%s %v\n", lineOf(s), origins[i])
	}
	return out.String()
}

func statementOf(line string) Statement {
	var s Statement
	if sid, rest, found := strings.Cut(line, ": "); found {
		s.Sid, line = sid, rest
	}
	fields := strings.Fields(line)
	s.Effect, s.Action, s.Resource = fields[0], strings.Split(fields[1], ","), strings.Split(fields[2], ",")
	for i, text := range s.Resource {
		s.Resource[i] = strings.ReplaceAll(text, "~", ", ")
	}
	for c := fields[3:]; len(c) > 2; c = c[3:] {
		if s.Condition == nil {
			s.Condition = Conditions{}
		}
		if s.Condition[c[0]] == nil {
			s.Condition[c[0]] = map[string]Strings{}
		}
		s.Condition[c[0]][c[1]] = strings.Split(c[2], ",")
	}
	return s
}

func lineOf(s Statement) string {
	var out strings.Builder
	if s.Sid != "" {
		out.WriteString(s.Sid + ": ")
	}
	out.WriteString(s.Effect + " " + strings.Join(s.Action, ",") + " " + strings.ReplaceAll(strings.Join(s.Resource, ","), ", ", "~"))
	for _, one := range newCondition(s.Condition, inResource).clauses {
		out.WriteString(" " + one.spelled.operator + " " + one.spelled.key + " " + strings.Join(s.Condition[one.spelled.operator][one.spelled.key], ","))
	}
	return out.String()
}

func TestMinimise(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"lists lose repetitions, and what others cover", `
			Allow s3:getobject,s3:GetObject,s3:Put*,s3:PutObject arn:aws:s3:::b/*,arn:aws:s3:::b/x,arn:aws:s3:::b/*`, `
			Allow s3:GetObject,s3:Put* arn:aws:s3:::b/* [0]`},
		{"of two patterns that say the same the shorter stays", `
			Allow a:A ***x,*x,**x`, `
			Allow a:A *x [0]`},
		{"of two patterns that say the same the shorter stays, in any order", `
			Allow a:A x*,x**`, `
			Allow a:A x* [0]`},
		{"two conditions on the same key must both hold", `
			Allow a:A b StringLike a:b x stringlike a:b y`, `
			Allow a:A b StringLike a:b x stringlike a:b y [0]`},
		{"the same condition twice holds once", `
			Allow a:A b StringLike a:b x stringlike a:B y,x
			Allow a:A b StringLike a:b x,y stringlike A:b x,y`, `
			Allow a:A b StringLike a:b x,y [1]`},
		{"a condition of two on the same key takes values where the other is the same", `
			Allow a:A b StringLike a:b x stringlike a:b z
			Allow a:A b StringLike a:b y stringlike a:b z`, `
			Allow a:A b StringLike a:b x,y stringlike a:b z [0 1]`},
		{"two conditions on the same key that both differ", `
			Allow a:A b StringLike a:b x stringlike a:b y
			Allow a:A b StringLike a:b v stringlike a:b w`, `
			Allow a:A b StringLike a:b v stringlike a:b w [1]
			Allow a:A b StringLike a:b x stringlike a:b y [0]`},
		{"other operators, other conditions", `
			Allow s3:Get b StringEquals a:b x
			Allow s3:Get b,c StringNotEquals a:b x
			Allow s3:Put b StringEquals a:b x
			Allow s3:Put b,c StringEqualsIfExists a:b x`, `
			Allow s3:Get b,c StringNotEquals a:b x [1]
			Allow s3:Get,s3:Put b StringEquals a:b x [0 2]
			Allow s3:Put b,c StringEqualsIfExists a:b x [3]`},
		{"what takes the values of others leaves its equals alone", `
			Allow s3:ListBucket b StringLike s3:prefix p
			Allow s3:ListBucket b StringLike s3:prefix q
			Allow s3:GetObject c StringLike s3:prefix p`, `
			Allow s3:GetObject c StringLike s3:prefix p [2]
			Allow s3:ListBucket b StringLike s3:prefix p,q [0 1]`},
		{"a service is written small wherever the document does so once", `
			Allow S3:GetObject b
			Allow s3:GETOBJECT c`, `
			Allow s3:GETOBJECT b,c [0 1]`},
		{"a statement that another covers is dropped, and no origin", `
			Allow s3:GetObject b/x
			Allow s3:Get* b/*,c`, `
			Allow s3:Get* b/*,c [1]`},
		{"an Allow that a Deny covers stays", `
			Allow s3:GetObject b/x
			Deny s3:Get* b/*`, `
			Allow s3:GetObject b/x [0]
			Deny s3:Get* b/* [1]`},
		{"a Deny that an Allow covers stays", `
			Deny s3:GetObject b/x
			Allow s3:* *`, `
			Allow s3:* * [1]
			Deny s3:GetObject b/x [0]`},
		{"a statement with more conditions than another is covered", `
			Allow s3:Get b StringEquals a:b x
			Allow s3:Get b,c`, `
			Allow s3:Get b,c [1]`},
		{"a statement with fewer conditions than another is not", `
			Allow s3:Get b,c StringEquals a:b x
			Allow s3:Get b Bool a:c true`, `
			Allow s3:Get b Bool a:c true [1]
			Allow s3:Get b,c StringEquals a:b x [0]`},
		{"fewer values are covered", `
			Allow s3:Get b StringEquals a:b x
			Allow s3:Get b,c StringEquals a:b x,y`, `
			Allow s3:Get b,c StringEquals a:b x,y [1]`},
		{"more values are covered where none may match", `
			Allow s3:Get b StringNotEquals a:b x,y
			Allow s3:Get b,c StringNotEquals a:b x`, `
			Allow s3:Get b,c StringNotEquals a:b x [1]`},
		{"fewer values are not covered where none may match", `
			Allow s3:Get b StringNotEquals a:b x
			Allow s3:Get b,c StringNotEquals a:b x,y`, `
			Allow s3:Get b StringNotEquals a:b x [0]
			Allow s3:Get c StringNotEquals a:b x,y [1]`},
		{"more values are covered for all of the request's, too", `
			Allow s3:Get b ForAllValues:StringLike a:b x
			Allow s3:Get b,c ForAllValues:StringLike a:b x,y`, `
			Allow s3:Get b,c ForAllValues:StringLike a:b x,y [1]`},
		{"of an operator whose values are no alternatives nothing is known", `
			Allow s3:Get b Null a:b true
			Allow s3:Get b Null a:b false,true`, `
			Allow s3:Get b Null a:b true [0]
			Allow s3:Get b Null a:b false,true [1]`},
		{"none of the request's may match: of that nothing is known", `
			Allow s3:Get b ForAnyValue:StringNotEquals a:b x,y
			Allow s3:Get b,c ForAnyValue:StringNotEquals a:b x`, `
			Allow s3:Get b ForAnyValue:StringNotEquals a:b x,y [0]
			Allow s3:Get b,c ForAnyValue:StringNotEquals a:b x [1]`},
		{"actions on the same resources", `
			Allow s3:Put b,c
			Allow s3:Get c,b`, `
			Allow s3:Get,s3:Put b,c [0 1]`},
		{"resources for the same actions", `
			Allow s3:Get,s3:Put c
			Allow s3:put,s3:get b
			Allow s3:Get,s3:Put a`, `
			Allow s3:Get,s3:Put a,b,c [0 1 2]`},
		{"no action meets a resource that it did not meet before", `
			Allow s3:Get b
			Allow s3:Put c`, `
			Allow s3:Get b [0]
			Allow s3:Put c [1]`},
		{"what became equal is merged again", `
			Allow s3:Get b
			Allow s3:Put b
			Allow s3:Get,s3:Put c`, `
			Allow s3:Get,s3:Put b,c [0 1 2]`},
		{"the shorter of two ways", `
			Allow s3:Get long-name-of-a-bucket
			Allow s3:Put long-name-of-a-bucket
			Allow s3:Get b
			Allow s3:Get c`, `
			Allow s3:Get b,c [2 3]
			Allow s3:Get,s3:Put long-name-of-a-bucket [0 1]`},
		{"the shorter of two ways, the other way", `
			Allow s3:Get,s3:GetObjectVersion b
			Allow s3:Put b
			Allow s3:Get,s3:GetObjectVersion c`, `
			Allow s3:Get,s3:GetObjectVersion b,c [0 2]
			Allow s3:Put b [1]`},
		{"other conditions, other statements", `
			Allow s3:Get b Bool a:b true
			Allow s3:Put b Bool a:b false
			Allow s3:Del b`, `
			Allow s3:Del b [2]
			Allow s3:Get b Bool a:b true [0]
			Allow s3:Put b Bool a:b false [1]`},
		{"conditions that differ in their second clause", `
			Allow s3:Get b Bool a:b true Null a:c true
			Allow s3:Put b Bool a:b true Null a:c false`, `
			Allow s3:Get b Bool a:b true Null a:c true [0]
			Allow s3:Put b Bool a:b true Null a:c false [1]`},
		{"the same condition in other capitals and order", `
			Allow s3:Get b StringEquals a:b x,y
			Allow s3:Put b stringequals A:B y,x`, `
			Allow s3:Get,s3:Put b StringEquals a:b x,y [0 1]`},
		{"AWS's spelling of a condition, wherever it stands", `
			Allow s3:Put c stringequals A:B x
			Allow s3:Get b StringEquals a:b x
			Allow s3:Del d stringequals a:b x`, `
			Allow s3:Del d StringEquals a:b x [2]
			Allow s3:Get b StringEquals a:b x [1]
			Allow s3:Put c StringEquals a:b x [0]`},
		{"values that are alternatives", `
			Allow s3:ListBucket b StringLike s3:prefix q/,q/*
			Allow s3:ListBucket b StringLike s3:prefix p/*,p/`, `
			Allow s3:ListBucket b StringLike s3:prefix p/,p/*,q/,q/* [0 1]`},
		{"values that are alternatives, some in both", `
			Allow s3:ListBucket b StringLike s3:prefix x,z
			Allow s3:ListBucket b StringLike s3:prefix z,y`, `
			Allow s3:ListBucket b StringLike s3:prefix x,y,z [0 1]`},
		{"values of two conditions are no alternatives", `
			Allow s3:Get b StringEquals a:b x StringEquals a:c x
			Allow s3:Get b StringEquals a:b y StringEquals a:c y`, `
			Allow s3:Get b StringEquals a:b x StringEquals a:c x [0]
			Allow s3:Get b StringEquals a:b y StringEquals a:c y [1]`},
		{"values that none may be are no alternatives", `
			Allow s3:Get b StringNotEquals a:b x
			Allow s3:Get b StringNotEquals a:b y`, `
			Allow s3:Get b StringNotEquals a:b x [0]
			Allow s3:Get b StringNotEquals a:b y [1]`},
		{"values for all of the request's are no alternatives", `
			Allow s3:Get b ForAllValues:StringEquals a:b x
			Allow s3:Get b ForAllValues:StringEquals a:b y`, `
			Allow s3:Get b ForAllValues:StringEquals a:b x [0]
			Allow s3:Get b ForAllValues:StringEquals a:b y [1]`},
		{"a resource that another statement has with all actions", `
			Allow s3:Get,s3:Put b/*
			Allow s3:Get b/*,c/*`, `
			Allow s3:Get c/* [1]
			Allow s3:Get,s3:Put b/* [0]`},
		{"an action that other statements have for all resources", `
			Allow s3:Get,s3:Put b,c
			Allow s3:Del,s3:Get b,d
			Allow s3:Get,s3:List c,e`, `
			Allow s3:Del,s3:Get b,d [1]
			Allow s3:Get,s3:List c,e [2]
			Allow s3:Put b,c [0]`},
		{"a statement that several others make up is dropped", `
			Allow s3:Get b,c
			Allow s3:Get,s3:Put b
			Allow s3:Get,s3:List c`, `
			Allow s3:Get,s3:List c [2]
			Allow s3:Get,s3:Put b [1]`},
		{"a statement with a Sid is not merged, nor trimmed", `
			Mine: Allow s3:Get,s3:Put b
			Allow s3:Get b,c
			Allow s3:Del b`, `
			Allow s3:Del b [2]
			Allow s3:Get c [1]
			Mine: Allow s3:Get,s3:Put b [0]`},
		{"a statement with a Sid is not trimmed, even if others could stay whole", `
			Mine: Allow s3:Get b,c
			Allow s3:Get,s3:Put b`, `
			Mine: Allow s3:Get b,c [0]
			Allow s3:Put b [1]`},
		{"a statement with a Sid is dropped where another covers it", `
			Mine: Allow s3:Get b
			Allow s3:Get b,c`, `
			Allow s3:Get b,c [1]`},
		{"of two that say the same the one with a Sid stays", `
			Allow s3:Get b
			Mine: Allow s3:Get b`, `
			Mine: Allow s3:Get b [1]`},
		{"of two Sids that name the same the lesser stays", `
			Mine: Allow s3:Get b
			Hers: Allow s3:get b`, `
			Hers: Allow s3:Get b [1]`},
		{"of two patterns for the same the one with a Sid stays", `
			Allow s3:Get *?
			Mine: Allow s3:Get ?*`, `
			Mine: Allow s3:Get ?* [1]`},
		{"of two patterns for the same the one with a Sid stays, whichever it is", `
			Mine: Allow s3:Get *?
			Allow s3:Get ?*`, `
			Mine: Allow s3:Get *? [0]`},
		{"of two Sids for two patterns for the same the lesser stays", `
			Mine: Allow s3:Get *?
			Hers: Allow s3:Get ?*`, `
			Hers: Allow s3:Get ?* [1]`},
		{"services in their order, then what is allowed, then what is denied", `
			Deny s3:Get b
			Allow sqs:Send q
			Allow s3:Put c
			Allow dynamodb:Get t`, `
			Allow dynamodb:Get t [3]
			Allow s3:Put c [2]
			Deny s3:Get b [0]
			Allow sqs:Send q [1]`},
		{"a variable without a value must void what it voided before", `
			Allow s3:Get b/*,b/${aws:username}
			Allow s3:Put c
			Allow s3:Put d/${aws:username}`, `
			Allow s3:Get b/${aws:username},b/* [0]
			Allow s3:Put c [1]
			Allow s3:Put d/${aws:username} [2]`},
		{"a resource with a variable is not taken out of a statement for others", `
			Allow s3:Get,s3:Put b/*
			Allow s3:Get b/${aws:username},c`, `
			Allow s3:Get b/${aws:username},c [1]
			Allow s3:Get,s3:Put b/* [0]`},
		{"a statement is not dropped for one that a variable may void", `
			Allow s3:Get b
			Allow s3:Get b,c/${aws:username}`, `
			Allow s3:Get b [0]
			Allow s3:Get c/${aws:username} [1]`},
		{"a variable with a default voids nothing", `
			Allow s3:Get b/*,b/${aws:username~'x'}
			Allow s3:Put c
			Allow s3:Put d/${aws:username~'x'}`, `
			Allow s3:Get b/* [0]
			Allow s3:Put c,d/${aws:username~'x'} [1 2]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := strings.ReplaceAll(strings.TrimPrefix(c.want, "\n"), "\t", "") + "\n"
			if diff := cmp.Diff(want, minimised(t, c.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMinimiseMergesNoExceptionsNorPrincipals(t *testing.T) {
	d := parse(t, `{"Version":"2012-10-17","Id":"x","Statement":[
		{"Effect":"Deny","NotAction":["s3:GetObject","S3:get*"],"Resource":["b","b"]},
		{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"b"},
		{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"c"},
		{"Sid":"B","Effect":"Deny","Action":"s3:*","NotResource":["b/x","b/*"]},
		{"Sid":"A","Effect":"Deny","Action":"S3:*","NotResource":"b/*"},
		{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["y","x","y"]}},
		{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"x"}},
		{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["x","y"]}}]}`)
	small, origins := Minimise(d)
	want := parse(t, `{"Version":"2012-10-17","Id":"x","Statement":[
		{"Effect":"Deny","NotAction":"S3:get*","Resource":"b"},
		{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"b"},
		{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"c"},
		{"Sid":"A","Effect":"Deny","Action":"s3:*","NotResource":"b/*"},
		{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["x","y"]}},
		{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"x"}}]}`)
	if diff := cmp.Diff(want, small); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]int{{0}, {1}, {2}, {4}, {5, 7}, {6}}, origins); diff != "" {
		t.Error(diff)
	}
}

func TestAStatementThatSaysMoreThanActionsAndResourcesIsNeitherMergedNorDropped(t *testing.T) {
	d := parse(t, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Deny","Action":"s3:A","Resource":"b"},
		{"Effect":"Deny","Action":"s3:A","NotAction":"s3:A","Resource":"b"},
		{"Effect":"Deny","Action":"s3:A","Resource":"b","NotResource":"b"},
		{"Effect":"Deny","Action":"s3:A","Resource":"b","Principal":"*"},
		{"Effect":"Deny","Action":"s3:A","Resource":"b","NotPrincipal":{"AWS":"x"}},
		{"Effect":"Deny","Action":"s3:B","Resource":"b","Principal":"*"}]}`)
	small, _ := Minimise(d)
	if !Equivalent(d, small) || len(small.Statement) != len(d.Statement) {
		t.Errorf("%s became %s", d.JSON(), small.JSON())
	}
}

func TestValuesAreToldApartWhateverTheyHold(t *testing.T) {
	d := Document{Version: Version}
	for _, values := range []Strings{{"x :y", "z"}, {"x", "y :z"}, {"x", "y", "z"}, {"2:x"}, {"x 1:y"}} {
		d.Statement = append(d.Statement, Statement{Effect: Allow, Action: Strings{"s3:A"}, Resource: Strings{"b"}, Condition: Conditions{"Null": {"a:b": values}}})
	}
	if small, _ := Minimise(d); len(small.Statement) != len(d.Statement) {
		t.Errorf("%s became %s", d.JSON(), small.JSON())
	}
}

func TestTheOlderVersionKnowsNoVariables(t *testing.T) {
	d := Document{Statement: Statements{{Effect: Allow, Action: Strings{"s3:Get"}, Resource: Strings{"b/?", "b/${?}", "b/????"}}}}
	small, _ := Minimise(d)
	// Four characters, of which one is a wildcard.
	if diff := cmp.Diff(Strings{"b/????", "b/?"}, small.Statement[0].Resource, sortedStrings); diff != "" {
		t.Error(diff)
	}
}

var sortedStrings = cmp.Transformer("sorted", func(list Strings) []string { return union(list) })
