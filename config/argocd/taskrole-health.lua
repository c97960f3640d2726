-- Health of a TaskRole in Argo CD, which has no string library here. Without this
-- Argo CD calls a TaskRole Healthy before the controller ever saw it.
local health = { status = "Progressing", message = "Waiting for the controller's first look" }

local ready, stalled
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Ready" then
      ready = condition
    elseif condition.type == "Stalled" then
      stalled = condition
    end
  end
end

if obj.metadata.deletionTimestamp ~= nil then
  health.message = "Deleting"
  -- Of the time before, Ready says that all is well: no news of the deletion.
  if ready ~= nil and ready.status ~= "True" then
    health.message = health.message .. ": " .. ready.message
  end
  -- Of something that is being deleted, versions that know it show this one.
  health.deletionMessage = health.message
  return health
end

if obj.status == nil or obj.status.observedGeneration == nil then
  return health
end

-- A condition that says no generation is of the status's.
local function current(condition)
  return condition ~= nil
    and (condition.observedGeneration == nil or condition.observedGeneration == obj.metadata.generation)
end

if obj.status.observedGeneration ~= obj.metadata.generation then
  health.message = "Waiting for the controller to look at the last change"
elseif current(stalled) and stalled.status == "True" then
  health.status = "Degraded"
  health.message = stalled.message
elseif not current(ready) then
  health.message = "Waiting for the controller to judge the last change"
elseif ready.status == "True" then
  health.status = "Healthy"
  health.message = ready.message
else
  health.message = ready.reason .. ": " .. ready.message
end
return health
