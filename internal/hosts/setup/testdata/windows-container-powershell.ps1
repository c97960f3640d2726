# Run at the start of each Windows container in the default network mode: it leads
# to the credentials of the task role. Not needed in awsvpc mode. Printed by
#   kubectl taskrole hosts setup --os windows --output container-powershell
# The route to 169.254.169.254 also leads to the credentials of the instance;
# --imds block leaves it out.
$ErrorActionPreference = 'Stop'
$default = Get-NetRoute -DestinationPrefix '0.0.0.0/0' | Sort-Object -Property RouteMetric | Select-Object -First 1
foreach ($prefix in '169.254.170.2/32', '169.254.169.254/32') {
    if (-not (Get-NetRoute -DestinationPrefix $prefix -ErrorAction SilentlyContinue)) {
        New-NetRoute -DestinationPrefix $prefix -InterfaceIndex $default.InterfaceIndex -NextHop $default.NextHop -PolicyStore ActiveStore | Out-Null
    }
}
