using System.Net;
using System.Text.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Networks;
using Distribution.Ingest.Imports;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Distribution.Ingest.Tests.Imports;

/// <summary>Imports from a real web server.</summary>
public sealed class UrlImportTests(TestSilo silo) : ImportTests(silo)
{
    [Fact]
    public async Task Address_is_imported_and_its_signature_is_not_shown()
    {
        byte[] content = Tus.RandomBytes(700_000);
        await using Origin origin = await Origin.StartAsync(content);
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { blobUrl = origin.Url + "?sig=secret" } });
        PublishedFile file = await PublishedAsync(id, content);
        Assert.Equal(("file.mp4", "file.mp4", "video/mp4"), (file.Name, file.Title, file.ContentType));
        JsonElement shown = await ShowAsync(server, id);
        Assert.Equal(origin.Url, shown.GetProperty("source").GetString());
        Assert.Equal(["HEAD", "GET"], origin.Requests);
    }

    [Fact]
    public async Task Server_that_knows_no_HEAD_is_asked_by_GET()
    {
        byte[] content = Tus.RandomBytes(1000);
        await using Origin origin = await Origin.WithoutHeadAsync(content);
        await using IngestServer server = await StartAsync();
        await PublishedAsync(await ImportAsync(server, new { source = new { url = origin.Url } }), content);
    }

    [Theory]
    [InlineData("\"first\"", true)]
    [InlineData(null, true)]
    [InlineData("\"first\"", false)]
    public async Task Source_that_breaks_off_is_asked_for_the_rest(string? etag, bool ranges)
    {
        byte[] content = Tus.RandomBytes(2_000_000);
        await using Origin origin = ranges
            ? await Origin.StartAsync(content)
            : await Origin.WithoutRangesAsync(content);
        origin.ETag = etag;
        origin.BreakAt = 1_500_000;
        await using IngestServer server = await StartAsync();
        string id = await ImportAsync(server, new { source = new { url = origin.Url } });
        await PublishedAsync(id, content);
        Assert.Equal(["HEAD", "GET", "GET bytes=1500000-"], origin.Requests);
    }

    [Fact]
    public async Task Source_that_is_away_for_a_while_is_waited_for()
    {
        byte[] content = Tus.RandomBytes(1000);
        await using Origin origin = await Origin.StartAsync(content);
        origin.Unavailable = 2;
        await using IngestServer server = await StartAsync();
        await PublishedAsync(await ImportAsync(server, new { source = new { url = origin.Url } }), content);
        Assert.Equal(["HEAD", "GET", "GET", "GET"], origin.Requests);
    }

    [Fact]
    public async Task Import_goes_on_at_its_checkpoint_after_a_restart()
    {
        byte[] content = Tus.RandomBytes(2_000_000);
        await using Origin origin = await Origin.StartAsync(content);
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 1_200_000))))
        {
            id = await ImportAsync(server, new { source = new { url = origin.Url } });
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await using IngestServer again = await StartAsync();
        await PublishedAsync(id, content);
        Assert.Equal(["HEAD", "GET", "GET bytes=1200000-"], origin.Requests);
    }

    [Fact]
    public async Task Source_that_has_changed_fails_the_import()
    {
        byte[] content = Tus.RandomBytes(2_000_000);
        await using Origin origin = await Origin.StartAsync(content);
        StoppableSource? source = null;
        string id;
        await using (IngestServer server = await StartAsync(null, b => Wrap(b, r => source = new(r, 1_200_000))))
        {
            id = await ImportAsync(server, new { source = new { url = origin.Url } });
            await source!.Stopped.WaitAsync(TimeSpan.FromSeconds(60));
        }
        origin.ETag = "\"second\"";
        origin.Content = Tus.RandomBytes(2_000_000);
        await using IngestServer again = await StartAsync();
        (PublishedFile record, _) = await FailedAsync(again, id);
        Assert.Contains("has changed", record.FailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_addresses_are_refused_unless_the_operator_allows_them()
    {
        await using Origin origin = await Origin.StartAsync(Tus.RandomBytes(1000));
        await using IngestServer server = await StartAsync(o => o with { ImportFromPrivateAddresses = false });
        string port = new Uri(origin.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (
            string host in new[]
            {
                "127.0.0.1",
                "localhost",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "0.0.0.0",
                "2130706433",
                "0x7f.1",
                "169.254.169.254",
                "10.0.0.1",
                "[fe80::1]",
            }
        )
        {
            using HttpResponseMessage response = await TryImportAsync(
                server,
                new { source = new { url = $"http://{host}:{port}/file.mp4" } }
            );
            string detail = await Tus.AssertProblemAsync(response, 422, "invalid-source");
            Assert.Contains("public network", detail, StringComparison.Ordinal);
        }
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task Redirects_are_followed_a_few_times_and_checked_each()
    {
        byte[] content = Tus.RandomBytes(1000);
        await using Origin origin = await Origin.StartAsync(content);
        await using IngestServer server = await StartAsync();
        string near = origin.RedirectTo(origin.Url);
        await PublishedAsync(await ImportAsync(server, new { source = new { url = near }, name = "a.mp4" }), content);
        string far = origin.Url;
        for (int hop = 0; hop < 6; hop++)
            far = origin.RedirectTo(far);
        foreach (string url in new[] { far, origin.RedirectTo("file:///etc/passwd"), origin.RedirectTo("ftp://a/b") })
        {
            using HttpResponseMessage response = await TryImportAsync(server, new { source = new { url } });
            await Tus.AssertProblemAsync(response, 422, "invalid-source");
        }
    }

    [Theory]
    [InlineData("ftp://example.org/a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("http://user:password@example.org/a")]
    [InlineData("no address")]
    public async Task Other_addresses_are_refused(string url)
    {
        await using IngestServer server = await StartAsync();
        using HttpResponseMessage response = await TryImportAsync(server, new { source = new { url } });
        await Tus.AssertProblemAsync(response, 422, "invalid-source");
    }

    [Fact]
    public async Task What_is_not_there_is_refused_and_who_does_not_answer_is_said_so()
    {
        await using Origin origin = await Origin.StartAsync([]);
        await using IngestServer server = await StartAsync();
        string missing = origin.Url.Replace("file.mp4", "nothing.mp4", StringComparison.Ordinal);
        using HttpResponseMessage notFound = await TryImportAsync(server, new { source = new { url = missing } });
        Assert.Contains("404", await Tus.AssertProblemAsync(notFound, 422, "invalid-source"), StringComparison.Ordinal);
        string dead = origin.Url;
        await origin.DisposeAsync();
        using HttpResponseMessage silent = await TryImportAsync(server, new { source = new { url = dead } });
        await Tus.AssertProblemAsync(silent, 502, "source-unavailable");
    }

    private static void Wrap(WebApplicationBuilder builder, Func<ISourceReader, ISourceReader> wrap)
    {
        builder.Services.RemoveAll<ISourceReader>();
        builder.Services.AddSingleton(services => wrap(new UrlReader(services.GetRequiredService<RemoteFiles>())));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("127.255.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    public void Public_addresses_are_told_from_others(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.Contains(IPAddress.Parse(address)));
}
