package ecs

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// enumeration is a member whose value is one of a list that AWS publishes.
type enumeration struct {
	member string
	values []string
}

func valuesOf[T ~string](member string, values []T) enumeration {
	e := enumeration{member: member}
	for _, v := range values {
		e.values = append(e.values, string(v))
	}
	return e
}

// check reads the member where it is present, as a string or a list of strings.
func (e enumeration) check(o object) error {
	given := texts(o, e.member)
	if s, ok := o[e.member].(string); ok {
		given = []string{s}
	}
	for _, v := range given {
		if !slices.Contains(e.values, v) {
			return clientError("Invalid value '%s' for '%s'. Must be one of %v.", v, e.member, e.values)
		}
	}
	return nil
}

func checkAll(o object, enumerations ...enumeration) error {
	for _, e := range enumerations {
		if err := e.check(o); err != nil {
			return err
		}
	}
	return nil
}

var (
	ofDefinition = []enumeration{
		valuesOf("networkMode", types.NetworkMode("").Values()),
		valuesOf("pidMode", types.PidMode("").Values()),
		valuesOf("ipcMode", types.IpcMode("").Values()),
		valuesOf("requiresCompatibilities", types.Compatibility("").Values()),
	}
	ofPlatform = []enumeration{
		valuesOf("cpuArchitecture", types.CPUArchitecture("").Values()),
		valuesOf("operatingSystemFamily", types.OSFamily("").Values()),
	}
	ofEFS           = valuesOf("transitEncryption", types.EFSTransitEncryption("").Values())
	ofAuthorization = valuesOf("iam", types.EFSAuthorizationConfigIAM("").Values())
	ofLog           = valuesOf("logDriver", types.LogDriver("").Values())
	ofPort          = valuesOf("protocol", types.TransportProtocol("").Values())
	ofDependency    = valuesOf("condition", types.ContainerCondition("").Values())
)

func validEnumerations(_ *call, d object) error {
	if err := checkAll(d, ofDefinition...); err != nil {
		return err
	}
	if err := checkAll(child(d, "runtimePlatform"), ofPlatform...); err != nil {
		return err
	}
	for _, v := range objects(d, "volumes") {
		efs := child(v, "efsVolumeConfiguration")
		if err := ofEFS.check(efs); err != nil {
			return err
		}
		if err := ofAuthorization.check(child(efs, "authorizationConfig")); err != nil {
			return err
		}
	}
	for _, c := range objects(d, "containerDefinitions") {
		if err := ofLog.check(child(c, "logConfiguration")); err != nil {
			return err
		}
		for _, p := range objects(c, "portMappings") {
			if err := ofPort.check(p); err != nil {
				return err
			}
		}
		for _, dep := range objects(c, "dependsOn") {
			if err := ofDependency.check(dep); err != nil {
				return err
			}
		}
	}
	return nil
}
