using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>Every request to the store as the last one of a process: what is found then is an upload or a file, never half of one.</summary>
public sealed class AzureCrashTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    private const int Half = 2000;

    private static readonly AzureStoreOptions NoPatience = AzureTestStore.Options with { Patience = TimeSpan.Zero };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Upload_is_an_upload_or_a_file_wherever_the_process_ends(bool answerIsLost, bool isDuplicate)
    {
        byte[] content = Tus.RandomBytes(2 * Half);
        int cuts = 0;
        for (bool ended = false; !ended; cuts++)
        {
            var place = new AzureTestStore(azurite);
            string? other = isDuplicate ? await PublishAsync(place.Open(), Manifest(content.Length), content) : null;
            var network = FaultyNetwork.DyingAfter(cuts, answerIsLost);
            ContentManifest manifest = Manifest(content.Length);
            var acknowledged = new Acknowledged();
            try
            {
                await PublishAsync(place.Open(NoPatience, network), manifest, content, acknowledged);
                ended = !network.HasFailed;
            }
            catch (IOException)
            {
                Assert.True(network.HasFailed);
            }
            await CheckAndFinishAsync(place, manifest, content, acknowledged);
            AzureContentStore store = place.Open();
            if (other is not null)
                Assert.Equal(content, await ReadAsync(store, other));
            Assert.Single(await place.NamesAsync("bytes/"));
            foreach (string id in other is null ? [manifest.FileId] : new[] { other, manifest.FileId })
                Assert.True(await store.DeleteAsync(id, default));
            await store.Sweep.RunAsync(default);
            Assert.Empty(await place.NamesAsync());
        }
        Assert.True(cuts > 15, $"{cuts} requests are fewer than the store needs.");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Deletion_that_ends_anywhere_leaves_nothing_and_takes_nothing_of_others(
        bool answerIsLost,
        bool isDuplicate
    )
    {
        byte[] content = Tus.RandomBytes(1000);
        int cuts = 0;
        for (bool ended = false; !ended; cuts++)
        {
            var place = new AzureTestStore(azurite);
            AzureContentStore store = place.Open();
            string? other = isDuplicate ? await PublishAsync(store, Manifest(content.Length), content) : null;
            string id = await PublishAsync(store, Manifest(content.Length), content);
            var network = FaultyNetwork.DyingAfter(cuts, answerIsLost);
            try
            {
                await place.Open(NoPatience, network).DeleteAsync(id, default);
                ended = !network.HasFailed;
            }
            catch (IOException)
            {
                Assert.True(network.HasFailed);
            }
            await store.Sweep.RunAsync(default);
            if (await store.FindAsync(id, default) is not null)
            {
                Assert.Equal(content, await ReadAsync(place.Open(), id));
                Assert.True(await store.DeleteAsync(id, default));
            }
            if (other is not null)
            {
                Assert.Equal(content, await ReadAsync(place.Open(), other));
                Assert.True(await store.DeleteAsync(other, default));
            }
            await store.Sweep.RunAsync(default);
            Assert.Empty(await place.NamesAsync());
        }
        Assert.True(cuts > 5, $"{cuts} requests are fewer than a deletion needs.");
    }

    [Fact]
    public async Task Answers_that_get_lost_change_nothing()
    {
        var place = new AzureTestStore(azurite);
        AzureContentStore store = place.Open(each: FaultyNetwork.LosingFirstAnswers());
        byte[] content = Tus.RandomBytes(5 << 20);
        string first = await PublishAsync(store, Manifest(content.Length), content);
        string second = await PublishAsync(store, Manifest(content.Length), content);
        Assert.Single(await place.NamesAsync("bytes/"));
        Assert.True(await store.DeleteAsync(first, default));
        Assert.Equal(content, await ReadAsync(place.Open(), second));
    }

    [Fact]
    public async Task Sweep_beside_uploads_and_deletions_takes_nothing_that_lives()
    {
        var place = new AzureTestStore(azurite);
        byte[][] contents = [Tus.RandomBytes(3000), Tus.RandomBytes(3000)];
        // Begun before: only the sweep's age keeps it from an upload that is just being created.
        var manifests = new List<ContentManifest>();
        for (int i = 0; i < 18; i++)
        {
            manifests.Add(Manifest(contents[0].Length));
            await (await place.Open().CreateAsync(manifests[i], default))!.DisposeAsync();
        }
        using var done = new CancellationTokenSource();
        Task sweeping = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await place.Open().Sweep.RunAsync(default);
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(() => WorkAsync(worker))));
        await done.CancelAsync();
        await sweeping;
        await place.Open().Sweep.RunAsync(default);
        Assert.Empty(await place.NamesAsync());

        async Task WorkAsync(int worker)
        {
            AzureContentStore store = place.Open();
            for (int turn = 0; turn < 6; turn++)
            {
                byte[] content = contents[(turn + worker) % 2];
                string id = await PublishAsync(store, manifests[worker * 6 + turn], content);
                Assert.Equal(content, await ReadAsync(place.Open(), id));
                Assert.True(await store.DeleteAsync(id, default));
            }
        }
    }

    private static async Task CheckAndFinishAsync(
        AzureTestStore place,
        ContentManifest manifest,
        byte[] content,
        Acknowledged acknowledged
    )
    {
        AzureContentStore store = place.Open();
        string id = manifest.FileId;
        bool isListed = (await store.ListUploadsAsync(default).ToListAsync()).Any(u => u.Manifest.FileId == id);
        bool isFile = await store.FindAsync(id, default) is not null;
        await using (IContentUpload? upload = await store.OpenUploadAsync(id, default))
        {
            Assert.False(isFile && upload is not null);
            Assert.Equal(upload is not null, isListed);
            Assert.True(isFile || upload is not null || !acknowledged.IsCreated);
            Assert.True(isFile || !acknowledged.IsComplete);
            if (upload is not null)
            {
                Assert.InRange(upload.DurableBytes, acknowledged.Bytes, content.Length);
                Assert.Equal(State((int)upload.DurableBytes), upload.HashState.ToArray());
            }
        }
        await store.Sweep.RunAsync(default);
        if (!isFile)
            await PublishAsync(store, manifest, content);
        Assert.Equal(content, await ReadAsync(place.Open(), id));
        Assert.NotNull(await store.ReadTorrentAsync(id, default));
        Assert.Contains(await store.ListUnconfirmedAsync(default).ToListAsync(), c => c.Manifest.FileId == id);
    }

    /// <summary>Goes on with the upload, or begins it.</summary>
    private static async Task<string> PublishAsync(
        AzureContentStore store,
        ContentManifest manifest,
        byte[] content,
        Acknowledged? acknowledged = null
    )
    {
        acknowledged ??= new Acknowledged();
        await using IContentUpload upload =
            await store.OpenUploadAsync(manifest.FileId, default) ?? (await store.CreateAsync(manifest, default))!;
        acknowledged.IsCreated = true;
        foreach (int end in new[] { content.Length / 2, content.Length })
        {
            int start = (int)upload.DurableBytes;
            if (end <= start)
                continue;
            await upload.WriteAsync(start, content.AsMemory(start..end), default);
            await upload.CheckpointAsync(end, default, State(end), default);
            acknowledged.Bytes = end;
        }
        var facts = new FileContent(
            InfoHash.OfInfoDictionary(content),
            1 << 18,
            1,
            Convert.ToHexStringLower(SHA256.HashData(content))
        );
        await upload.CompleteAsync(facts, new StoredTorrent("info"u8.ToArray(), default), default);
        acknowledged.IsComplete = true;
        return manifest.FileId;
    }

    private static byte[] State(int offset) => offset == 0 ? [] : BitConverter.GetBytes(offset);

    private static async Task<byte[]> ReadAsync(AzureContentStore store, string id)
    {
        using IContentReader reader = (await store.OpenAsync(id, default))!;
        var content = new byte[reader.LengthBytes];
        for (int at = 0; at < content.Length; )
            at += await reader.ReadAsync(at, content.AsMemory(at), default);
        return content;
    }

    private static ContentManifest Manifest(long size) =>
        new()
        {
            FileId = FileIds.Create(),
            PublisherId = "somebody",
            Name = "film.mp4",
            Title = "Film",
            ContentType = "video/mp4",
            SizeBytes = size,
            PieceLengthBytes = 1 << 18,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

    private sealed class Acknowledged
    {
        public bool IsCreated { get; set; }

        public long Bytes { get; set; }

        public bool IsComplete { get; set; }
    }
}
