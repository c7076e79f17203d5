using Distribution.Ingest.Contents;
using Distribution.Ingest.Tests.Hosting;

namespace Distribution.Ingest.Tests.Contents;

// The same bytes are kept once.
public abstract partial class ContentStoreContract
{
    /// <summary>How often the store keeps bytes, all files together: what costs room.</summary>
    protected abstract Task<int> CountCopiesAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Same_bytes_are_stored_once_and_live_as_long_as_one_file(int deletedFirst)
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(700_000);
        string[] ids = [await StoreAsync(store, content), await StoreAsync(Open(), content)];
        Assert.Equal(1, await CountCopiesAsync());
        foreach (string id in ids)
            Assert.Equal(content, await ReadAllAsync(store, id));
        Assert.Equal(2, (await store.ListUnconfirmedAsync(default).ToListAsync()).Count);

        Assert.True(await store.DeleteAsync(ids[deletedFirst], default));
        string left = ids[1 - deletedFirst];
        Assert.Equal(1, await CountCopiesAsync());
        Assert.Equal(content, await ReadAllAsync(Open(), left));
        Assert.NotNull(await store.ReadTorrentAsync(left, default));
        // And a third finds them still.
        string third = await StoreAsync(store, content);
        Assert.Equal(1, await CountCopiesAsync());

        Assert.True(await store.DeleteAsync(left, default));
        Assert.Equal(content, await ReadAllAsync(Open(), third));
        Assert.True(await store.DeleteAsync(third, default));
        Assert.Equal(0, await CountCopiesAsync());
    }

    [Fact]
    public async Task Other_bytes_of_the_same_size_are_stored_apart()
    {
        IContentStore store = Open();
        byte[][] contents = [Tus.RandomBytes(1000), Tus.RandomBytes(1000)];
        string[] ids = [await StoreAsync(store, contents[0]), await StoreAsync(store, contents[1])];
        Assert.Equal(2, await CountCopiesAsync());
        for (int i = 0; i < ids.Length; i++)
            Assert.Equal(contents[i], await ReadAllAsync(store, ids[i]));
    }

    [Fact]
    public async Task Uploads_of_the_same_bytes_that_end_together_are_stored_once()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(300_000);
        string[] ids = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => StoreAsync(store, content)))
        );
        Assert.Equal(1, await CountCopiesAsync());
        foreach (string id in ids)
            Assert.Equal(content, await ReadAllAsync(store, id));
        // Half of them go while others come: whatever is there then is whole.
        Task<bool>[] deleted =
        [
            .. ids.Take(3).Select(id => Task.Run(async () => await store.DeleteAsync(id, default))),
        ];
        string[] more = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => StoreAsync(store, content)))
        );
        Assert.All(await Task.WhenAll(deleted), Assert.True);
        Assert.Equal(1, await CountCopiesAsync());
        foreach (string id in ids.Skip(3).Concat(more))
            Assert.Equal(content, await ReadAllAsync(store, id));
    }

    [Fact]
    public async Task Last_file_that_goes_while_another_comes_takes_no_bytes_along()
    {
        IContentStore store = Open();
        byte[] content = Tus.RandomBytes(10_000);
        string last = await StoreAsync(store, content);
        for (int turn = 0; turn < 10; turn++)
        {
            string going = last;
            Task<bool> deleted = Task.Run(async () => await store.DeleteAsync(going, default));
            last = await StoreAsync(store, content);
            Assert.True(await deleted);
            Assert.Equal(content, await ReadAllAsync(Open(), last));
            Assert.Equal(1, await CountCopiesAsync());
        }
    }
}
