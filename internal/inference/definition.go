package inference

import (
	"strconv"
	"strings"
)

// definition is what matters here of a task definition; the names are those of
// ECS (Amazon ECS API reference: RegisterTaskDefinition).
type definition struct {
	volumes    []object
	containers []container
	proxy      object // proxyConfiguration
}

// container is what matters here of a container definition.
type container struct {
	subject     string // container NAME
	image       string // the last part of the image's repository
	arguments   []string
	environment map[string]string
	secrets     map[string]bool // environment variables whose values are secrets
	mounts      []object
	logDriver   string
	logOptions  map[string]string // by name in small letters
	firelens    object            // firelensConfiguration; nil: none
}

func readDefinition(o object) definition {
	d := definition{volumes: o.objects("volumes"), proxy: o.object("proxyConfiguration")}
	for i, c := range o.objects("containerDefinitions") {
		d.containers = append(d.containers, readContainer(c, i+1))
	}
	return d
}

func readContainer(o object, number int) container {
	logging := o.object("logConfiguration")
	c := container{
		subject:     "container " + o.text("name"),
		image:       repository(o.text("image")),
		arguments:   append(o.texts("entryPoint"), o.texts("command")...),
		environment: map[string]string{},
		secrets:     map[string]bool{},
		mounts:      o.objects("mountPoints"),
		logDriver:   logging.text("logDriver"),
		logOptions:  logging.options("options"),
		firelens:    o.object("firelensConfiguration"),
	}
	if o.text("name") == "" {
		c.subject = "container number " + strconv.Itoa(number)
	}
	for _, pair := range o.objects("environment") {
		c.environment[pair.text("name")] = pair.text("value")
	}
	for _, secret := range o.objects("secrets") {
		c.secrets[secret.text("name")] = true
	}
	return c
}

// repository is the last part of an image's repository, without registry, tag
// and digest: it stays the same in a mirror or a pull-through cache.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	last := image[strings.LastIndexByte(image, '/')+1:]
	last, _, _ = strings.Cut(last, ":")
	return last
}

// argument is the value of a command line option, written as --name=value or
// --name value; the last one counts.
func (c *container) argument(names ...string) (string, bool) {
	values := c.argumentValues(names...)
	if len(values) == 0 {
		return "", false
	}
	return values[len(values)-1], true
}

func (c *container) argumentValues(names ...string) []string {
	var out []string
	for i, a := range c.arguments {
		for _, name := range names {
			if value, found := strings.CutPrefix(a, name+"="); found {
				out = append(out, value)
			} else if a == name && i+1 < len(c.arguments) {
				out = append(out, c.arguments[i+1])
			}
		}
	}
	return out
}
