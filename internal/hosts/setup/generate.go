package setup

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates/*.tmpl
var files embed.FS

// templates use other delimiters than the usual ones, which docker inspect takes
// in the scripts.
var templates = template.Must(template.New("").Delims("<%", "%>").
	Funcs(template.FuncMap{"indent": indent}).ParseFS(files, "templates/*.tmpl"))

// forms are the templates of the forms that are no wrapping of another.
var forms = map[Output]string{
	Shell:               "linux.sh.tmpl",
	CloudInit:           "linux.sh.tmpl",
	PowerShell:          "windows-host.ps1.tmpl",
	ContainerPowerShell: "container.ps1.tmpl",
	ContainerCmd:        "container.cmd.tmpl",
}

// wrappings put a script into another form.
var wrappings = map[Output]string{CloudInit: "cloud-init.yaml.tmpl"}

// Generate prints the set-up, which ends with a newline. The same options give the
// same text. It fails as Validate does.
func Generate(o Options) (string, error) {
	if err := o.Validate(); err != nil {
		return "", err
	}
	given := o
	o = o.WithDefaults()
	form, wrapping := forms[o.Output], wrappings[o.Output]
	if o.Output == UserData {
		form = choose(o.OS == Windows, "windows-host.ps1.tmpl", "linux.sh.tmpl")
		wrapping = choose(o.OS == Windows, "windows-user-data.tmpl", "")
	}
	v := o.view(given)
	script, err := execute(form, v)
	if err != nil || wrapping == "" {
		return script, err
	}
	return execute(wrapping, wrapped{Command: v.Command, Script: script})
}

func execute(name string, data any) (string, error) {
	var out strings.Builder
	if err := templates.ExecuteTemplate(&out, name, data); err != nil {
		return "", fmt.Errorf("printing the set-up: %w", err)
	}
	return blank.ReplaceAllString(out.String(), "\n\n"), nil
}

// blank is what parts that a script lacks leave behind.
var blank = regexp.MustCompile(`\n{3,}`)

// wrapped is what a wrapping shows.
type wrapped struct{ Command, Script string }

// view is what the templates show.
type view struct {
	Options
	Command          string
	ContainerCommand string
	Variables        []Variable
	Rules            []shellRule
	Localnet         bool
	BlockMetadata    bool
	Family           string
	Backend          string
	SelfRun          bool
	External         bool
	Boot             bool
	UserData         bool
	AWSVPC           bool
	Routes           bool
	Block            bool
	Prefixes         string
}

// shellRule is a Rule as the script writes it.
type shellRule struct {
	Rule
	Function, Shell, SavedShell string
}

func (o Options) view(given Options) view {
	v := view{
		Options:       o,
		Command:       given.Command(),
		Variables:     o.Variables(),
		Localnet:      o.AMI == OtherAMI,
		BlockMetadata: slices.ContainsFunc(o.Rules(), func(r Rule) bool { return r.Chain == BlockMetadata.Chain }),
		Family:        choose(o.Distribution == Debian || o.Distribution == Ubuntu, "debian", "amazon"),
		Backend:       map[Firewall]string{IPTablesNFT: "nf_tables", IPTablesLegacy: "legacy"}[o.Firewall],
		SelfRun:       o.AMI == OtherAMI,
		External:      o.LaunchType == External,
		Boot:          o.Output == UserData || o.Output == CloudInit,
		UserData:      o.Output == UserData,
		AWSVPC:        o.has(AWSVPC),
		Routes:        o.has(Default),
		Block:         o.IMDS == BlockIMDS,
		Prefixes:      prefixes(&o),
	}
	given.Output, given.IMDS = ContainerPowerShell, ""
	v.ContainerCommand = given.Command()
	for _, r := range o.Rules() {
		v.Rules = append(v.Rules, shellRule{
			Rule: r, Function: choose(r.First, "first_rule", "append_rule"),
			Shell: words(r.Arguments), SavedShell: quote(r.Saved()),
		})
	}
	return v
}

// Templates name constants by methods.

// AgentConfig is the constant of that name, as are those that follow.
func (view) AgentConfig() string { return AgentConfig }

// SysctlFile is where the setting is kept.
func (view) SysctlFile() string { return SysctlFile }

// LocalnetName is the name of the setting.
func (view) LocalnetName() string { return Localnet }

// SavedAmazon is where iptables-services finds the rules.
func (view) SavedAmazon() string { return SavedRulesAmazon }

// SavedDebian is where netfilter-persistent finds them.
func (view) SavedDebian() string { return SavedRulesDebian }

// prefixes are the routes that a Windows container adds.
func prefixes(o *Options) string {
	routes := []string{Endpoint + "/32"}
	if o.IMDS == AllowIMDS {
		routes = append(routes, Metadata+"/32")
	}
	if o.Output == ContainerCmd {
		return strings.Join(routes, " ")
	}
	return "'" + strings.Join(routes, "', '") + "'"
}

// words writes arguments for a shell.
func words(arguments []string) string {
	quoted := make([]string, len(arguments))
	for i, a := range arguments {
		quoted[i] = choose(a == "!", quote(a), a)
	}
	return strings.Join(quoted, " ")
}

// quote is for text without a quote of its own, as all rules are.
func quote(text string) string { return "'" + text + "'" }

func indent(columns int, text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = strings.Repeat(" ", columns) + line
		}
	}
	return strings.Join(lines, "\n")
}
