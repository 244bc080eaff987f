# SPDX-License-Identifier: Apache-2.0
# The first run of libc8d on a Windows host, step by step; the checklist is in the README. In an elevated PowerShell:
#
#   first-run.ps1 -Tests DIRECTORY [-Layers BASE,...,WRITABLE -Volume '\\?\Volume{GUID}\']
#
# DIRECTORY holds the programs of build/mingw/tests. They read the tree's tests/ at the path that it was built at, on the current drive;
# -Data is that place.
param(
    [Parameter(Mandatory)] [string] $Tests,
    [string] $Data = (Join-Path $PSScriptRoot '..\..\tests'),
    [string[]] $Layers = @(),
    [string] $Volume = ''
)

$failed = 0

function Step($what, [scriptblock] $check) {
    try { $good = & $check } catch { $good = $false; Write-Output "    $_" }
    if ($good) { Write-Output "ok $what" } else { Write-Output "not ok $what"; $script:failed++ }
}

Write-Output ("Windows build {0}" -f [Environment]::OSVersion.Version.Build)
Step 'the build is 17763 or later' { [Environment]::OSVersion.Version.Build -ge 17763 }
foreach ($service in 'vmcompute', 'hns') {
    Step "the service $service runs" { (Get-Service $service).Status -eq 'Running' }
}

# What has passed under Wine has to pass here.
Push-Location $Data
Step 'there are programs to run' { @(Get-ChildItem $Tests -Filter '*_test.exe').Count -gt 0 }
foreach ($program in Get-ChildItem $Tests -Filter '*_test.exe') {
    # It stands on a simulated vmcompute.dll, which must not replace the real one.
    if ($program.Name -like 'contract_windows*') { continue }
    $arguments = @()
    # It starts a containerd of ours, at a pipe of its own.
    if ($program.Name -like 'contract_double*') {
        $arguments = @((Join-Path $Tests 'containerd_double.exe'), '\\.\pipe\containerd-c8d-')
    }
    Step $program.BaseName { & $program.FullName @arguments *> $null; $LASTEXITCODE -eq 0 }
}
Pop-Location

$arguments = @()
if ($Layers.Count -ge 2 -and $Volume -ne '') { $arguments = $Layers + $Volume }
# One that is not there is a failure, and leaves the last code as it was.
$good = $false
try {
    & (Join-Path $Tests 'first_run.exe') @arguments
    $good = $LASTEXITCODE -eq 0
} catch {
    Write-Output "    $_"
}
if (-not $good) { $failed++ }
Write-Output "$failed failed"
exit [int]($failed -ne 0)
