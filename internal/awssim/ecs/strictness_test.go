package ecs_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
)

// Each edit below makes of a good definition one that is refused, or another good
// one.
type edit func(d object)

func container(d object) object { return d["containerDefinitions"].([]any)[0].(object) }

func set(members object) edit {
	return func(d object) {
		for k, v := range members {
			d[k] = v
		}
	}
}

func inContainer(members object) edit {
	return func(d object) { set(members)(container(d)) }
}

func unset(key string) edit    { return func(d object) { delete(d, key) } }
func containers(c ...any) edit { return set(object{"containerDefinitions": c}) }
func volumes(v ...any) edit    { return set(object{"volumes": v}) }

// efs declares a volume of EFS with these members besides its file system.
func efs(members ...object) edit {
	configuration := object{"fileSystemId": "fs-1"}
	for _, m := range members {
		set(m)(configuration)
	}
	return volumes(object{"name": "v", "efsVolumeConfiguration": configuration})
}

var (
	encrypted     = object{"transitEncryption": "ENABLED"}
	byIAM         = object{"authorizationConfig": object{"iam": "ENABLED"}}
	byAccessPoint = object{"authorizationConfig": object{"accessPointId": "fsap-1"}}

	mountsV = inContainer(object{"mountPoints": []any{object{"sourceVolume": "v", "containerPath": "/v"}}})
)

func ports(mappings ...any) edit { return inContainer(object{"portMappings": mappings}) }

func on(container, condition string) []any {
	return []any{object{"containerName": container, "condition": condition}}
}

func healthy(members object) object {
	check := object{"command": []any{"CMD", "x"}}
	set(members)(check)
	return check
}

func all(edits ...edit) edit {
	return func(d object) {
		for _, e := range edits {
			e(d)
		}
	}
}

func many(n int, item func(i int) any) []any {
	var out []any
	for i := range n {
		out = append(out, item(i))
	}
	return out
}

func named(name string, members object) object {
	c := object{"name": name, "image": "busybox", "memory": 64}
	set(members)(c)
	return c
}

func tagged(n int) edit {
	return set(object{"tags": many(n, func(i int) any { return object{"key": fmt.Sprintf("k%d", i), "value": "v"} })})
}

func oneTag(key, value string) edit {
	return set(object{"tags": []any{object{"key": key, "value": value}}})
}

// rule is a rule of RegisterTaskDefinition, with definitions that keep it and that
// do not.
type rule struct {
	accepted []edit
	refused  []edit
	message  string // of the refusal, which begins so
}

// onFargate makes the definition fit for Fargate.
var onFargate = set(object{"networkMode": "awsvpc", "requiresCompatibilities": []any{"FARGATE"}, "cpu": "256", "memory": "512"})

const execution = "arn:aws:iam::111122223333:role/execution"

func rules() map[string]rule {
	all := map[string]rule{}
	for _, some := range []map[string]rule{taskRules, containerRules, volumeRules, fargateRules} {
		maps.Copy(all, some)
	}
	return all
}

func TestRegistrationsAreJudgedAsAWSJudgesThem(t *testing.T) {
	for name, rule := range rules() {
		t.Run(name, func(t *testing.T) {
			b := start(t, ecs.Options{})
			for i, accepted := range rule.accepted {
				d := minimal("app")
				accepted(d)
				if _, err := b.register(d); err != nil {
					t.Errorf("accepted[%d]: %v", i, err)
				}
			}
			for _, refused := range rule.refused {
				d := minimal("app")
				refused(d)
				_, err := b.register(d)
				wantRefusal(t, err, "ClientException", rule.message)
			}
		})
	}
}

// The table is that of "Task size" in the developer guide, with both ends and what
// lies just outside and between.
func TestFargateTakesOnlyItsSizes(t *testing.T) {
	for cpu, sizes := range map[string]struct{ accepted, refused []int }{
		"256":   {[]int{512, 1024, 2048}, []int{256, 1536, 3072}},
		"512":   {[]int{1024, 4096}, []int{512, 1536, 5120}},
		"1024":  {[]int{2048, 8192}, []int{1024, 2560, 9216}},
		"2048":  {[]int{4096, 16384}, []int{3072, 17408}},
		"4096":  {[]int{8192, 30720}, []int{7168, 31744}},
		"8192":  {[]int{16384, 20480, 61440}, []int{12288, 17408, 62464}},
		"16384": {[]int{32768, 40960, 122880}, []int{24576, 33792, 131072}},
		"300":   {nil, []int{1024}},
		"32768": {nil, []int{122880}},
	} {
		b := start(t, ecs.Options{})
		register := func(memory int) error {
			d := minimal("app")
			all(onFargate, set(object{"cpu": cpu, "memory": fmt.Sprint(memory)}))(d)
			_, err := b.register(d)
			return err
		}
		for _, memory := range sizes.accepted {
			if err := register(memory); err != nil {
				t.Errorf("%s CPU, %d MiB: %v", cpu, memory, err)
			}
		}
		for _, memory := range sizes.refused {
			wantRefusal(t, register(memory), "ClientException", "No Fargate configuration exists for given values")
		}
	}
}
