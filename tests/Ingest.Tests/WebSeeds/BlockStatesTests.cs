using System.Net;
using System.Security.Cryptography;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Files;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.WebSeeds;

public sealed class BlockStatesTests(TestSilo silo) : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly byte[] _content = Tus.RandomBytes(3_000_001);
    private IngestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_edge_gets_the_states_of_an_upload_that_went_on_after_a_restart_and_every_block_fits_them()
    {
        string id = await Tus.CreatedAsync(_server.Client, _content.Length);
        // Within a block, so that its state is made of what two processes hashed.
        const int cut = 1_234_567;
        (await Tus.PatchAsync(_server.Client, id, 0, _content[..cut])).Dispose();
        await _server.DisposeAsync();
        _server = await IngestServer.StartAsync(silo.Grains, _folder.Path);
        Assert.Equal(cut, await Tus.OffsetAsync(_server.Client, id));
        (await Tus.PatchAsync(_server.Client, id, cut, _content[cut..])).Dispose();
        PublishedFile file = await FileRecords.WhenAsync(id, FileState.Published);

        byte[] states = await (await GetAsync(id, TestKeys.Edge)).Content.ReadAsByteArrayAsync();
        int pieceLength = file.Content!.PieceLengthBytes;
        var map = new BlockStateMap(pieceLength, _content.Length);
        Assert.Equal(map.Count * BlockStateMap.StateBytes, states.Length);
        for (int start = 0; start < _content.Length; start += pieceLength)
        {
            byte[] piece = _content[start..Math.Min(start + pieceLength, _content.Length)];
            int from = (int)map.CountUpTo(start) * BlockStateMap.StateBytes;
            byte[] own = states[from..(from + BlockStateMap.CountOf(piece.Length) * BlockStateMap.StateBytes)];
            Assert.True(BlockVerifier.AreWhole(piece.Length, own));
            var verifier = new BlockVerifier(piece.Length, SHA1.HashData(piece), own);
            for (int block = 0; block < verifier.BlockCount; block++)
            {
                (int blockStart, int end) = verifier.RangeOf(block);
                Assert.True(verifier.IsRight(block, piece.AsSpan(blockStart..end)));
            }
        }
        using HttpResponseMessage part = await GetAsync(id, TestKeys.Edge, "bytes=20-59");
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(states[20..60], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Nobody_else_gets_them_and_where_there_are_none_it_is_said()
    {
        PublishedFile file = await Tus.PublishAsync(_server.Client, _content);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(file.Id, "another-key")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(new string('0', 32), TestKeys.Edge)).StatusCode);
        foreach (string states in Directory.EnumerateFiles(_folder.Path, "states", SearchOption.AllDirectories))
            File.Delete(states);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(file.Id, TestKeys.Edge)).StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string id, string key, string? range = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/torrents/{id}.states");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        if (range is not null)
            request.Headers.Add("Range", range);
        return await _server.Client.SendAsync(request);
    }
}
