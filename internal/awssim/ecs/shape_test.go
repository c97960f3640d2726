package ecs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/schemas"
	"github.com/aws/smithy-go"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// answers are the shapes of what each operation answers, in AWS's published model.
var answers = map[string]*smithy.Schema{
	"RegisterTaskDefinition":     schemas.RegisterTaskDefinitionResponse,
	"DeregisterTaskDefinition":   schemas.DeregisterTaskDefinitionResponse,
	"DeleteTaskDefinitions":      schemas.DeleteTaskDefinitionsResponse,
	"DescribeTaskDefinition":     schemas.DescribeTaskDefinitionResponse,
	"ListTaskDefinitions":        schemas.ListTaskDefinitionsResponse,
	"ListTaskDefinitionFamilies": schemas.ListTaskDefinitionFamiliesResponse,
	"TagResource":                schemas.TagResourceResponse,
	"UntagResource":              schemas.UntagResourceResponse,
	"ListTagsForResource":        schemas.ListTagsForResourceResponse,
	"CreateCluster":              schemas.CreateClusterResponse,
	"DeleteCluster":              schemas.DeleteClusterResponse,
	"DescribeClusters":           schemas.DescribeClustersResponse,
	"ListClusters":               schemas.ListClustersResponse,
	"CreateService":              schemas.CreateServiceResponse,
	"UpdateService":              schemas.UpdateServiceResponse,
	"DeleteService":              schemas.DeleteServiceResponse,
	"DescribeServices":           schemas.DescribeServicesResponse,
	"ListServices":               schemas.ListServicesResponse,
	"RunTask":                    schemas.RunTaskResponse,
	"StopTask":                   schemas.StopTaskResponse,
	"DescribeTasks":              schemas.DescribeTasksResponse,
	"ListTasks":                  schemas.ListTasksResponse,

	"DescribeCapacityProviders":   schemas.DescribeCapacityProvidersResponse,
	"PutClusterCapacityProviders": schemas.PutClusterCapacityProvidersResponse,
	"ListContainerInstances":      schemas.ListContainerInstancesResponse,
	"DescribeContainerInstances":  schemas.DescribeContainerInstancesResponse,
	"ListServiceDeployments":      schemas.ListServiceDeploymentsResponse,
	"DescribeServiceDeployments":  schemas.DescribeServiceDeploymentsResponse,
	"StopServiceDeployment":       schemas.StopServiceDeploymentResponse,
	"DescribeServiceRevisions":    schemas.DescribeServiceRevisionsResponse,
}

// checkAnswer fails the test where an answer has a member that the model does not
// know, or a value of another type.
func checkAnswer(t *testing.T, operation string, answer []byte, strange []string) {
	t.Helper()
	shape, ok := answers[operation]
	if !ok {
		t.Errorf("%s is answered, but has no shape to check", operation)
		return
	}
	for _, fault := range faults(shape, answer, strange) {
		t.Errorf("%s answers %s", operation, fault)
	}
}

func faults(shape *smithy.Schema, answer []byte, strange []string) []string {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return []string{err.Error()}
	}
	c := checker{strange: strange}
	c.value(shape, v, "$")
	return c.found
}

type checker struct {
	strange []string
	found   []string
}

func (c *checker) value(shape *smithy.Schema, v any, path string) {
	switch v := v.(type) {
	case map[string]any:
		c.members(shape, v, path)
	case []any:
		if shape.Type() != smithy.ShapeTypeList {
			c.fault(path, shape, v)
			return
		}
		for i, e := range v {
			c.value(shape.ListMember(), e, fmt.Sprintf("%s[%d]", path, i))
		}
	case string:
		if shape.Type() != smithy.ShapeTypeString && shape.Type() != smithy.ShapeTypeEnum {
			c.fault(path, shape, v)
		}
	case bool:
		if shape.Type() != smithy.ShapeTypeBoolean {
			c.fault(path, shape, v)
		}
	case json.Number:
		whole := shape.Type() == smithy.ShapeTypeInteger || shape.Type() == smithy.ShapeTypeLong
		_, err := v.Int64()
		if whole && err != nil || !whole && shape.Type() != smithy.ShapeTypeTimestamp && shape.Type() != smithy.ShapeTypeDouble {
			c.fault(path, shape, v)
		}
	default: // null is never sent
		c.fault(path, shape, v)
	}
}

func (c *checker) members(shape *smithy.Schema, v map[string]any, path string) {
	if shape.Type() != smithy.ShapeTypeStructure && shape.Type() != smithy.ShapeTypeMap {
		c.fault(path, shape, v)
		return
	}
	for name, e := range v {
		switch member := shape.Member(name); {
		case shape.Type() == smithy.ShapeTypeMap:
			c.value(shape.MapValue(), e, path+"."+name)
		case member != nil:
			c.value(member, e, path+"."+name)
		case !slices.Contains(c.strange, name):
			c.found = append(c.found, fmt.Sprintf("%s.%s, which no shape knows", path, name))
		}
	}
}

func (c *checker) fault(path string, shape *smithy.Schema, v any) {
	c.found = append(c.found, fmt.Sprintf("%s = %v (%T), which is no %s", path, v, v, shape.TargetID().Name))
}

// The check that all other tests lean on must be able to fail.
func TestAnAnswerOutOfShapeIsNoticed(t *testing.T) {
	for name, answer := range map[string]string{
		"unknown member":      `{"taskDefinition":{"revisionNumber":1}}`,
		"string for a number": `{"taskDefinition":{"revision":"1"}}`,
		"fraction":            `{"taskDefinition":{"revision":1.5}}`,
		"number for a string": `{"taskDefinition":{"cpu":256}}`,
		"text for a date":     `{"taskDefinition":{"registeredAt":"2026-03-01T12:00:00Z"}}`,
		"object for a list":   `{"taskDefinition":{"volumes":{}}}`,
		"deep inside":         `{"taskDefinition":{"containerDefinitions":[{"portMappings":[{"hostPort":true}]}]}}`,
		"null":                `{"taskDefinition":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			if len(faults(schemas.DescribeTaskDefinitionResponse, []byte(answer), nil)) != 1 {
				t.Errorf("%s passes", answer)
			}
		})
	}
}

func TestOperationsAreKnownToWriteOrToRead(t *testing.T) {
	for operation := range answers {
		reads := operation[:4] == "List" || operation[:4] == "Desc"
		if ecs.Writes(operation) == reads {
			t.Errorf("Writes(%s) = %v", operation, !reads)
		}
	}
	if ecs.Writes("PutAttributes") {
		t.Error("an operation that is refused writes nothing")
	}
}
