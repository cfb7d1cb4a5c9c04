/**
 * What a script sees, in Lua. It gets the functions of the host and returns the function that compiles scripts, the
 * handler of errors, and the table of global variables, where KEYS and ARGV are put.
 *
 * The server has read-only tables in its own build of Lua. Here a script sees empty tables before them: reading finds
 * what is behind, writing is refused.
 */
export const prelude = `
local host = ...
local behind = {}
local rawerror, rawload, pieces, fenv, where = error, loadstring, load, setfenv, debug.getinfo
local call, walk, follow, store, meta, kind, show = pcall, pairs, next, rawset, getmetatable, type, tostring
local fetch = rawget

local function refuse() rawerror('Attempt to modify a readonly table', 2) end

local function readonly(content)
  local front = setmetatable({}, { __index = content, __newindex = refuse })
  behind[front] = content
  return front
end

local function missing(_, name)
  rawerror("Script attempted to access nonexistent global variable '" .. show(name) .. "'", 2)
end
local globals = setmetatable({}, { __index = missing })
local names = 'assert collectgarbage error gcinfo ipairs rawequal rawget '
  .. 'select setmetatable tonumber tostring type unpack xpcall _VERSION'
for name in string.gmatch(names, '%S+') do store(globals, name, _G[name]) end
local environment = readonly(globals)

math.random, math.randomseed = host.random, host.randomseed
for _, name in ipairs({ 'string', 'table', 'math', 'coroutine' }) do store(globals, name, readonly(_G[name])) end
for name, functions in walk(host.libraries) do store(globals, name, readonly(functions)) end
store(globals, '_G', environment)

function globals.pairs(content)
  return walk(behind[content] or content)
end
function globals.next(content, key)
  return follow(behind[content] or content, key)
end
function globals.rawset(content, key, value)
  if behind[content] then rawerror('Attempt to modify a readonly table', 0) end
  return store(content, key, value)
end
function globals.getmetatable(content)
  if behind[content] then return {} end
  return meta(content)
end

function globals.tostring(...)
  if ... == host.libraries.cjson.null then return 'userdata: (nil)' end
  return show(...)
end

local function settled(ok, ...)
  if ok then return ok, ... end
  local problem = ...
  if kind(problem) == 'table' and kind(problem.err) == 'string' then problem = problem.err end
  return false, problem
end
function globals.pcall(...)
  return settled(call(...))
end
function globals.loadstring(source, name)
  local chunk, problem = rawload(source, name)
  if not chunk then return nil, problem end
  return fenv(chunk, environment)
end
function globals.load(...)
  local chunk, problem = pieces(...)
  if not chunk then return nil, problem end
  return fenv(chunk, environment)
end

local function handle(problem)
  if kind(problem) ~= 'table' then problem = { err = 'ERR ' .. show(problem) } end
  local level = 2
  local info = where(level, 'Sl')
  while info and info.source ~= '@user_script' and info.source ~= '@user_function' do
    level = level + 1
    info = where(level, 'Sl')
  end
  if info then problem.source, problem.line = info.source, info.currentline end
  return problem
end

local function compile(body)
  local chunk, problem = rawload(body, '@user_script')
  if not chunk then return nil, problem end
  return fenv(chunk, environment)
end

local loading = { redis = readonly(setmetatable(host.loading, { __index = missing })) }
local seen = globals
local ofFunctions = setmetatable({}, { __newindex = refuse, __index = function(_, name)
  local value = fetch(seen, name)
  if value == nil then
    rawerror("Script attempted to access nonexistent global variable '" .. show(name) .. "'", 2)
  end
  return value
end })

local function loadLibrary(body)
  local chunk, problem = rawload(body, '@user_function')
  if not chunk then return nil, problem end
  seen = loading
  return fenv(chunk, ofFunctions)
end

local function loaded() seen = globals end

return compile, handle, globals, loadLibrary, loaded
`;
