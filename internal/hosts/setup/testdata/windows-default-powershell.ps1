# Lets the tasks on this instance use their IAM roles. Printed by
#   kubectl taskrole hosts setup --os windows --output powershell
#
# The credentials are served on port 80 of the instance: no container can have 80
# as its host port. Put a load balancer in front, which may listen on 80.
#
# After a reboot the interface that leads to the credentials is dead. It must go,
# and the agent be initialized again, which is what this does.
#
# Each container in the default network mode must begin with the script that this
# prints, or the same with container-cmd where there is no PowerShell:
#   kubectl taskrole hosts setup --os windows --output container-powershell
$ErrorActionPreference = 'Stop'
Import-Module ECSTools

# What an earlier start left behind; nothing on the first one.
netsh interface portproxy delete v4tov4 listenaddress=169.254.170.2 listenport=80 | Out-Null
Get-NetIPAddress -IPAddress 169.254.170.2 -ErrorAction SilentlyContinue | Remove-NetIPAddress -Confirm:$false
if (Get-Command -Name Get-VMNetworkAdapter -ErrorAction SilentlyContinue) {
    Get-VMNetworkAdapter -ManagementOS -Name APIPA -ErrorAction SilentlyContinue | Remove-VMNetworkAdapter
}

Initialize-ECSAgent -EnableTaskIAMRole
