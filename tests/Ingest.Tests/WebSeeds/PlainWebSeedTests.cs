using System.Net;
using System.Net.Http.Json;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Tests.WebSeeds;

/// <summary>What the loops answer is what the web server answers, and it is they who answer.</summary>
public sealed class PlainWebSeedTests(TestSilo silo) : IAsyncLifetime
{
    /// <summary>Makes a request the web server's.</summary>
    private const string Unusual = "X-Unusual: 1";

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(700_001);
    private IngestServer _server = null!;
    private PublishedFile _file = null!;
    private int _seen;

    private string Link => $"/webseed/{_file.Id}/film.mp4";

    public async ValueTask InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("The loops are Linux's.");
        _server = await IngestServer.StartAsync(
            silo.Grains,
            _folder.Path,
            // As the program does.
            configure: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false),
            map: app =>
                app.Use(
                    (HttpContext context, RequestDelegate next) =>
                    {
                        Interlocked.Increment(ref _seen);
                        return next(context);
                    }
                )
        );
        _file = await Tus.PublishAsync(_server.Client, _content);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    public static TheoryData<string, string[], bool> Requests =>
        new()
        {
            { "GET {0}", [], true },
            { "HEAD {0}", [], true },
            { "GET {0}", ["Range: bytes=0-0"], true },
            { "GET {0}", ["Range: bytes=5-99999"], true },
            { "GET {0}", ["Range: bytes=700000-"], true },
            { "GET {0}", ["Range: bytes=0-9999999"], true },
            { "HEAD {0}", ["Range: bytes=0-0"], true },
            { "GET {0}", ["Connection: close"], true },
            { "GET {0}", ["Connection: keep-alive", "Range: bytes=1-2"], true },
            { "GET {0}", ["Origin: https://a.example", "Referer: https://a.example/", "Sec-Fetch-Mode: cors"], true },
            { "GET {1}film%2Emp4", [], true },
            { "GET {0}", ["Range: bytes=-5"], false },
            { "GET {0}", ["Range: bytes=0-1,5-6"], false },
            { "GET {0}", ["Range: bytes=700001-"], false },
            { "GET {0}", ["Range: bytes=9-1"], false },
            { "GET {0}", ["Range: lines=1-2"], false },
            { "GET {0}", ["Range: bytes=99999999999999999999-"], false },
            { "GET {0}?a", [], false },
            { "GET {1}other.mp4", [], false },
            { "GET {1}./film.mp4", [], false },
            { "GET {1}a/../film.mp4", [], false },
            { "GET {1}%2e/film.mp4", [], false },
            { "GET /webseed/00000000000000000000000000000000/film.mp4", [], false },
            { "GET {0}", ["If-None-Match: *"], false },
            { "GET {0}", ["If-Range: \"a\"", "Range: bytes=1-2"], false },
            { "GET {0}", ["Cookie: a=b"], false },
            { "GET {0}", ["Content-Length: 0"], false },
            { "OPTIONS {0}", [], false },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Both_ways_answer_alike(string line, string[] headers, bool isPlain)
    {
        string request = line.Replace("{0}", Link, StringComparison.Ordinal)
            .Replace("{1}", $"/webseed/{_file.Id}/", StringComparison.Ordinal);
        int before = Volatile.Read(ref _seen);
        (string[] Head, byte[] Body) plain = await AskAsync(request, headers);
        Assert.Equal(isPlain ? 0 : 1, Volatile.Read(ref _seen) - before);
        (string[] Head, byte[] Body) general = await AskAsync(request, [.. headers, Unusual]);
        Assert.Equal(isPlain ? 1 : 2, Volatile.Read(ref _seen) - before);
        Assert.Equal(general.Head.Select(Comparable), plain.Head.Select(Comparable));
        // The boundary of several ranges is random, and a refusal can be traced by its own number.
        if (isPlain)
            Assert.Equal(general.Body, plain.Body);
    }

    [Fact]
    public async Task One_connection_goes_both_ways_and_every_byte_counts()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        int before = Volatile.Read(ref _seen);
        long expected = 0;
        for (int i = 0; i < 20; i++)
        {
            await raw.GetAsync(Link, $"Range: bytes={i * 1000}-");
            Assert.Equal(_content[(i * 1000)..], await raw.ReadAsync(RawHttp.ContentLength(await raw.ReadHeadAsync())));
            expected += _content.Length - i * 1000;
        }
        Assert.Equal(before, Volatile.Read(ref _seen));
        await raw.GetAsync(Link, Unusual);
        Assert.Equal(_content, await raw.ReadAsync(RawHttp.ContentLength(await raw.ReadHeadAsync())));
        Assert.Equal(before + 1, Volatile.Read(ref _seen));
        await RecordedLedger.WhenTotalAsync(
            _file.Content!.InfoHash.ToString(),
            SendKind.WebSeed,
            expected + _content.Length
        );
    }

    [Fact]
    public async Task Who_goes_away_in_mid_course_is_counted_for_what_was_sent()
    {
        PublishedFile large = await Tus.PublishAsync(_server.Client, Tus.RandomBytes(30_000_000));
        using (RawHttp raw = await RawHttp.ConnectAsync(_server.Address, receiveBufferBytes: 64 << 10))
        {
            await raw.GetAsync($"/webseed/{large.Id}/film.mp4");
            await raw.ReadHeadAsync();
            await raw.ReadAsync(1_000_000);
            raw.Reset();
        }
        await _server.Client.GetByteArrayAsync(Link);
        await RecordedLedger.WhenTotalAsync(_file.Content!.InfoHash.ToString(), SendKind.WebSeed, _content.Length);
        Assert.InRange(_server.BytesCounted(large.Content!.InfoHash.ToString()), 1_000_000, 29_999_999);
    }

    [Fact]
    public async Task Files_of_a_folder_have_their_own_places()
    {
        (string Path, int Size)[] files = [("a b.txt", 1000), ("deep/\u00fc.mp4", 70_000), ("empty", 0)];
        byte[] content = Tus.RandomBytes(files.Sum(file => file.Size));
        using HttpResponseMessage made = await _server.Client.PostAsJsonAsync(
            "/api/v1/folders",
            new
            {
                name = "some",
                pieceLength = 1 << 16,
                files = files.Select(file => new { path = file.Path, size = file.Size }),
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        string id = made.Headers.Location!.ToString().Split('/')[^1];
        (await Tus.PatchAsync(_server.Client, id, 0, content)).EnsureSuccessStatusCode();
        await FileRecords.WhenAsync(id, FileState.Published);

        int before = Volatile.Read(ref _seen);
        Assert.Equal(content[..1000], (await AskAsync($"GET /webseed/{id}/some/a%20b.txt", [])).Body);
        Assert.Equal(
            content[1010..2010],
            (await AskAsync($"GET /webseed/{id}/some/deep/%C3%BC.mp4", ["Range: bytes=10-1009"])).Body
        );
        Assert.Equal(before, Volatile.Read(ref _seen));
        Assert.Empty((await AskAsync($"GET /webseed/{id}/some/empty", [])).Body);
        (string[] head, byte[] padding) = await AskAsync($"GET /webseed/{id}/some/.pad/{(1 << 16) - 1000}", []);
        Assert.StartsWith("HTTP/1.1 200", head[0], StringComparison.Ordinal);
        Assert.Equal(new byte[(1 << 16) - 1000], padding);
        Assert.Equal(before + 2, Volatile.Read(ref _seen));
    }

    private async Task<(string[] Head, byte[] Body)> AskAsync(string line, string[] headers)
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.SendAsync(
            $"{line} HTTP/1.1\r\nHost: test\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"
        );
        string[] head = await raw.ReadHeadAsync();
        bool hasBody = !line.StartsWith("HEAD", StringComparison.Ordinal) && head.Any(IsLength);
        return (head, hasBody ? await raw.ReadAsync(RawHttp.ContentLength(head)) : []);
    }

    private static bool IsLength(string line) => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase);

    private static string Comparable(string line)
    {
        if (line.StartsWith("Date:", StringComparison.Ordinal))
            return "Date:" + (DateTimeOffset.TryParse(line[5..], out _) ? " a time" : line);
        int boundary = line.IndexOf("boundary=", StringComparison.Ordinal);
        return boundary < 0 ? line : line[..boundary];
    }
}
