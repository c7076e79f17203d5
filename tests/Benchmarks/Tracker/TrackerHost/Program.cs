using System.Globalization;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Contracts.Swarms;
using Distribution.Ingest;
using Distribution.Silos.Hosting;
using Distribution.Silos.Ledgers;
using Distribution.TrackerHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// A whole silo on a SQLite file, or with others on a PostgreSQL database, that opens the given swarms and answers their announces, for the load generator. Commands on standard
// input: `stats` prints a line of JSON, `quit` or its end stops; so does SIGTERM.
bool keepsBooks = !args.Contains("--no-books");
args = [.. args.Where(static argument => argument != "--no-books")];
if (args.Length is < 4 or > 6)
{
    await Console.Error.WriteLineAsync(
        "usage: TrackerHost STATE-FILE|CONNECTION-STRING UDP-PORT HTTP-PORT HASHES-FILE [SHARDS [LIMIT]] [--no-books]"
    );
    return 2;
}

// Else a watcher looks at everything that the database does in the folder.
Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[2]}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(new PublicUrls(new Uri("http://127.0.0.1")));
builder.Services.AddAuthentication();
builder.Services.AddAuthorization(static options =>
    options.AddPolicy(
        Distribution.Contracts.Access.AccessPolicies.Edge,
        static policy => policy.RequireAssertion(static _ => false)
    )
);
bool isShared = args[0].Contains('=', StringComparison.Ordinal);
var options = new SiloOptions
{
    StatePath = isShared ? "" : args[0],
    Database = isShared ? args[0] : null,
    UdpPort = int.Parse(args[1], CultureInfo.InvariantCulture),
};
if (args.Length > 4)
    options.SwarmShards = int.Parse(args[4], CultureInfo.InvariantCulture);

// Announces a second of an address and of a network, loopback too, on which the load comes; 0: no limits. By default loopback is exempt.
if (args.Length > 5)
{
    int limit = int.Parse(args[5], CultureInfo.InvariantCulture);
    options.Limits.AnnouncesPerSecond = limit;
    options.Limits.AnnouncesPerSecondOfNetwork = Math.Max(1, limit);
    options.Limits.IncludesLocal = true;
}
builder.AddSilo(options);
if (!keepsBooks)
    builder.Services.AddSingleton<Ledger, UnbookedLedger>();

// As in the whole program.
builder.Services.AddCountedTransport();
await using WebApplication app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapSilo();
await app.StartAsync();

IGrainFactory grains = app.Services.GetRequiredService<IGrainFactory>();
string[] lines = await File.ReadAllLinesAsync(args[3]);
foreach (string[] some in lines.Where(static line => line.Length >= 40).Chunk(256))
{
    await Task.WhenAll(
        some.Select(line =>
        {
            var infoHash = InfoHash.Parse(line.AsSpan(0, 40));
            string id = infoHash.ToString();
            return grains
                .GetGrain<ISwarmGrain>(id)
                .OpenAsync(
                    new SwarmDefinition(id, "default", infoHash, id, 1_000_000_000, 1 << 20, PeerPolicy.Everyone)
                );
        })
    );
}
await Console.Out.WriteLineAsync("ready");

// On a thread of its own: standard input is read by waiting, and on one core the pool has one thread, which everything else then waits for.
static Task<string?> ReadCommandAsync() =>
    Task.Factory.StartNew(
        Console.ReadLine,
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default
    );
Task stopping = app.WaitForShutdownAsync();
while (true)
{
    Task<string?> reading = ReadCommandAsync();
    if (await Task.WhenAny(reading, stopping) == stopping || await reading is null or "quit")
        break;
    if (await reading == "stats")
        await Console.Out.WriteLineAsync(HostStatistics.ToJson());
}
await app.StopAsync();
return 0;
