using System.Net.Sockets;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

/// <summary>A stored file that is shorter than its record says: the viewer gets what there is and a broken connection, never made-up bytes.</summary>
public sealed class DamagedContentTests(TestSilo silo) : IAsyncLifetime
{
    private const int Left = 3_000_001;

    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(9_000_000);
    private IngestServer _server = null!;
    private PublishedFile _file = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        _file = await Tus.PublishAsync(_server.Client, _content);
        string data = Directory
            .EnumerateFiles(Path.Combine(_folder.Path, "content", "files", _file.Id))
            .Single(path => new FileInfo(path).Length == _content.Length);
        using FileStream stream = File.OpenWrite(data);
        stream.SetLength(Left);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Connection_breaks_where_the_file_ends()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.GetAsync($"/webseed/{_file.Id}/film.mp4");
        await raw.ReadHeadAsync();
        var received = new List<byte>();
        try
        {
            byte[] some;
            do received.AddRange(some = await raw.ReadAsync(10_000));
            while (some.Length == 10_000);
        }
        catch (SocketException)
        {
            // A reset, which may overtake what the kernel had not delivered.
        }
        Assert.True(received.Count <= Left);
        Assert.True(received.ToArray().AsSpan().SequenceEqual(_content.AsSpan(0, received.Count)));
        // What is there counts, since the socket took it.
        await RecordedLedger.WhenTotalAsync(_file.Content!.InfoHash.ToString(), SendKind.WebSeed, Left);
    }

    [Fact]
    public async Task Range_past_the_real_end_gets_no_byte()
    {
        using RawHttp raw = await RawHttp.ConnectAsync(_server.Address);
        await raw.GetAsync($"/webseed/{_file.Id}/film.mp4", "Range: bytes=8000000-8999999");
        byte[] received = [];
        try
        {
            await raw.ReadHeadAsync();
            received = await raw.ReadAsync(1);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException) { }
        Assert.Empty(received);
    }

    [Fact]
    public async Task Ranges_before_the_real_end_are_served()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/webseed/{_file.Id}/film.mp4");
        request.Headers.TryAddWithoutValidation("Range", $"bytes=1000000-{Left - 1}");
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        Assert.Equal(_content[1_000_000..Left], await response.Content.ReadAsByteArrayAsync());
    }
}
