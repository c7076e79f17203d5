using System.Globalization;
using Distribution.EdgeSeeder;
using Distribution.EdgeSeeder.Seeding;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
#if MONOTORRENT
using Distribution.EdgeSeeder.MonoTorrent;
#endif

// One edge node as it is, for the load generator: cache, journal, heartbeats, limits, unchoke policy. It stops with its standard input.
if (args.Length is < 3 or > 6)
{
    await Console.Error.WriteLineAsync(
        "usage: SeedHost SERVER-URL DATA-FOLDER PORT [NODE-LIMIT [PEER-LIMIT [ENGINE]]], limits in bytes per second"
    );
    return 2;
}

long Limit(int index) => args.Length > index ? long.Parse(args[index], CultureInfo.InvariantCulture) : 0;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(
    new HostApplicationBuilderSettings { DisableDefaults = true }
);
builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
builder.AddEdgeSeeder(
    new EdgeOptions
    {
        ServerUrl = args[0],
        EdgeKey = "benchmark",
        DataFolder = args[1],
        Port = int.Parse(args[2], CultureInfo.InvariantCulture),
        UploadLimitBytesPerSecond = Limit(3),
        Engine = args.Length > 5 ? args[5] : "own",
        Seeding = new SeedingLimits { PeerUploadLimitBytesPerSecond = Limit(4), AcceptUtp = true },
    }
);
#if MONOTORRENT
builder.AddMonoTorrent();
#endif
using IHost host = builder.Build();
await host.StartAsync();
await Console.Out.WriteLineAsync("ready");
while (await Console.In.ReadLineAsync() is not null) { }
await host.StopAsync();
return 0;
