@echo off
rem Call this at the start of each Windows container in the default network mode: it
rem leads to the credentials of the task role. Not needed in awsvpc mode. Printed by
rem   kubectl taskrole hosts setup --os windows --output container-cmd
rem The route to 169.254.169.254 also leads to the credentials of the instance;
rem --imds block leaves it out.
setlocal
set "interface="
set "gateway="
for /f "tokens=1" %%i in ('netsh interface ipv4 show interfaces ^| findstr /c:"vEthernet"') do set "interface=%%i"
if not defined interface (
  echo There is no interface of Hyper-V: is this a container in the default network mode? 1>&2
  exit /b 1
)
for /f "tokens=3" %%g in ('netsh interface ipv4 show addresses %interface% ^| findstr /c:"Default Gateway"') do set "gateway=%%g"
if not defined gateway (
  echo Interface %interface% has no default gateway. 1>&2
  exit /b 1
)
for %%p in (169.254.170.2/32 169.254.169.254/32) do (
  netsh interface ipv4 show route | findstr /c:"%%p" >nul || netsh interface ipv4 add route prefix=%%p interface=%interface% nexthop=%gateway% store=active
  if errorlevel 1 exit /b 1
)
exit /b 0
