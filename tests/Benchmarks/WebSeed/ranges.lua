-- Random ranges of one file, all of one length. Arguments: size of the file, length of a range, seed.
local size, length

function init(args)
   size, length = tonumber(args[1]), tonumber(args[2])
   math.randomseed(tonumber(args[3]))
end

function request()
   local start = math.random(0, size - length)
   return wrk.format("GET", nil, { Range = string.format("bytes=%d-%d", start, start + length - 1) })
end

function done(summary, latency, requests)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.bytes, summary.duration, failed))
end
