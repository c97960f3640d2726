package setup

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens are the situations whose scripts are kept whole, so that a reviewer sees
// what a change does to the text that runs as root.
var goldens = map[string]Options{
	"linux-ecs-optimized-bridge.sh":         {OS: Linux, NetworkModes: []NetworkMode{Bridge}, AMI: ECSOptimized, Cluster: "production", Distribution: AmazonLinux2023},
	"linux-ecs-optimized-awsvpc.sh":         {OS: Linux, NetworkModes: []NetworkMode{AWSVPC}, AMI: ECSOptimized},
	"linux-ecs-optimized-host.sh":           {OS: Linux, NetworkModes: []NetworkMode{Host}, AMI: ECSOptimized},
	"linux-other-every-mode.sh":             {OS: Linux, NetworkModes: []NetworkMode{Bridge, Host, AWSVPC}, AMI: OtherAMI, Cluster: "production"},
	"linux-other-debian-nft.sh":             {OS: Linux, NetworkModes: []NetworkMode{Bridge}, AMI: OtherAMI, Distribution: Debian, Firewall: IPTablesNFT},
	"linux-external-bridge-host.sh":         {OS: Linux, LaunchType: External, NetworkModes: []NetworkMode{Bridge, Host}},
	"linux-other-cloud-init.yaml":           {OS: Linux, NetworkModes: []NetworkMode{Bridge}, AMI: OtherAMI, Distribution: Ubuntu, Cluster: "production", Output: CloudInit},
	"linux-ecs-optimized-user-data.sh":      {OS: Linux, NetworkModes: []NetworkMode{Default, AWSVPC}, Cluster: "production", Output: UserData},
	"windows-default-user-data.txt":         {OS: Windows, Cluster: "windows"},
	"windows-awsvpc-user-data.txt":          {OS: Windows, NetworkModes: []NetworkMode{AWSVPC}, Cluster: "windows"},
	"windows-default-powershell.ps1":        {OS: Windows, Output: PowerShell},
	"windows-container-powershell.ps1":      {OS: Windows, Output: ContainerPowerShell},
	"windows-container-cmd.cmd":             {OS: Windows, Output: ContainerCmd},
	"windows-container-powershell-imds.ps1": {OS: Windows, Output: ContainerPowerShell, IMDS: BlockIMDS},
}

func TestTheScriptsAreThoseThatWereReviewed(t *testing.T) {
	for name, options := range goldens {
		t.Run(name, func(t *testing.T) {
			got := generate(t, options)
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("another text than the golden file (go test -update writes it anew):\n%s", diff)
			}
		})
	}
}

func generate(t *testing.T, o Options) string {
	t.Helper()
	text, err := Generate(o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
