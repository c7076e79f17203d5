using System.Net;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

/// <summary>Several ranges in one answer (RFC 9110, 14.6).</summary>
public sealed class SeveralRangesTests(TestSilo silo) : IAsyncLifetime
{
    private const int Size = 700_001;

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(Size);
    private IngestServer _server = null!;
    private PublishedFile _file = null!;

    private string Link => $"/webseed/{_file.Id}/film.mp4";

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        _file = await Tus.PublishAsync(_server.Client, _content);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Parts_are_the_ranges_and_only_they_count()
    {
        (int Start, int Length)[] asked = [(500_000, 100_000), (0, 1), (10_000, 300_000), (Size - 5, 5)];
        string header = $"bytes=500000-599999, 0-0, 10000-309999, -5";
        using HttpResponseMessage response = await GetAsync(header);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Null(response.Content.Headers.ContentRange);
        Assert.Equal("multipart/byteranges", response.Content.Headers.ContentType!.MediaType);
        string boundary = response.Content.Headers.ContentType.Parameters.Single(p => p.Name == "boundary").Value!;
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(response.Content.Headers.ContentLength, body.Length);

        int at = 0;
        foreach ((int start, int length) in asked)
        {
            string head =
                $"\r\n--{boundary}\r\nContent-Type: video/mp4\r\nContent-Range: bytes {start}-{start + length - 1}/{Size}\r\n\r\n";
            Assert.Equal(head, Encoding.ASCII.GetString(body, at, head.Length));
            at += head.Length;
            Assert.True(body.AsSpan(at, length).SequenceEqual(_content.AsSpan(start, length)));
            at += length;
        }
        Assert.Equal($"\r\n--{boundary}--\r\n", Encoding.ASCII.GetString(body[at..]));
        await RecordedLedger.WhenTotalAsync(
            _file.Content!.InfoHash.ToString(),
            SendKind.WebSeed,
            asked.Sum(range => range.Length)
        );
    }

    [Fact]
    public async Task Connection_goes_on_after_them()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        for (int i = 0; i < 3; i++)
        {
            await raw.GetAsync(Link, "Range: bytes=0-99,5000-5099");
            long length = RawHttp.ContentLength(await raw.ReadHeadAsync());
            Assert.Equal(length, (await raw.ReadAsync(length)).Length);
            await raw.GetAsync(Link, "Range: bytes=7-9");
            Assert.Equal(3, RawHttp.ContentLength(await raw.ReadHeadAsync()));
            Assert.Equal(_content[7..10], await raw.ReadAsync(3));
        }
    }

    [Fact]
    public async Task Ranges_that_come_to_one_are_one()
    {
        using HttpResponseMessage response = await GetAsync("bytes=100-199,150-400,9999999-");
        Assert.Equal("bytes 100-400/700001", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(_content[100..401], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Absurd_sets_get_the_whole_file_once()
    {
        string many = "bytes=" + string.Join(',', Enumerable.Range(0, 2000).Select(i => $"{i}-"));
        using HttpResponseMessage response = await GetAsync(many);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(_content, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Other_file_by_If_Range_gets_the_whole_file()
    {
        using HttpResponseMessage response = await GetAsync("bytes=0-0,5000-5000", ("If-Range", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Size, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Head_knows_no_ranges()
    {
        var request = new HttpRequestMessage(HttpMethod.Head, Link);
        request.Headers.TryAddWithoutValidation("Range", "bytes=0-0,5000-5000");
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Size, response.Content.Headers.ContentLength);
    }

    private async Task<HttpResponseMessage> GetAsync(string range, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Link);
        request.Headers.TryAddWithoutValidation("Range", range);
        foreach ((string name, string value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _server.Client.SendAsync(request);
    }
}
