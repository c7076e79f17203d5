using System.Net;
using Distribution.Ingest.Transport.Plain;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Distribution.Ingest.Tests.Transport.Plain;

/// <summary>Where a connection begins in a loop: only where nothing but HTTP can be meant.</summary>
public sealed class PlainFrontTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://*:8080;https://*:8443", true)]
    [InlineData("https://*:8080;http://*:8443", false)]
    [InlineData("http://127.0.0.1:8080;https://127.0.0.2:8080", false)]
    [InlineData("http://127.0.0.1:8081", false)]
    [InlineData("nonsense", false)]
    [InlineData(null, false)]
    public void Addresses_decide(string? urls, bool isPlain) => Assert.Equal(isPlain, IsPlain(("urls", urls)));

    [Fact]
    public void Endpoints_of_the_web_servers_own_configuration_are_its_own() =>
        Assert.False(IsPlain(("urls", "http://127.0.0.1:8080"), ("Kestrel:Endpoints:A:Url", "https://127.0.0.1:8080")));

    [Fact]
    public void Where_the_web_server_counts_connections_it_gets_all() =>
        Assert.False(
            IsPlain(new KestrelServerOptions { Limits = { MaxConcurrentConnections = 10 } }, ("urls", "http://*:8080"))
        );

    [Theory]
    [InlineData("*", true)]
    [InlineData("cdn.example", false)]
    [InlineData("*;cdn.example", false)]
    public void Where_the_web_server_filters_hosts_it_gets_all(string hosts, bool isPlain) =>
        Assert.Equal(isPlain, IsPlain(("urls", "http://*:8080"), ("AllowedHosts", hosts)));

    [Fact]
    public void Without_handlers_there_are_no_loops()
    {
        using var front = new PlainFront(
            [],
            Options.Create(new KestrelServerOptions()),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            Configuration(("urls", "http://*:8080"))
        );
        Assert.Empty(front.LoopsFor(new IPEndPoint(IPAddress.Any, 8080)));
    }

    private static bool IsPlain(params (string Key, string? Value)[] settings) =>
        IsPlain(new KestrelServerOptions(), settings);

    private static bool IsPlain(KestrelServerOptions kestrel, params (string Key, string? Value)[] settings)
    {
        using var front = new PlainFront(
            [new WordHandler()],
            Options.Create(kestrel),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            Configuration(settings)
        );
        return front.LoopsFor(new IPEndPoint(IPAddress.Any, 8080)).Count > 0;
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build();
}
