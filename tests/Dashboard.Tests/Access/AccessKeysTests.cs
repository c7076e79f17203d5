using Distribution.Dashboard.Access;

namespace Distribution.Dashboard.Tests.Access;

public sealed class AccessKeysTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"keys-{Guid.NewGuid():N}");

    [Fact]
    public void First_start_makes_two_different_keys_that_only_the_owner_can_read()
    {
        AccessKeys keys = AccessKeys.LoadOrCreate(_folder);

        Assert.Matches("^dst_api_[A-Za-z0-9_-]{43}$", keys.ApiKey);
        Assert.Matches("^dst_edge_[A-Za-z0-9_-]{43}$", keys.EdgeKey);
        Assert.NotEqual(keys.ApiKey["dst_api_".Length..], keys.EdgeKey["dst_edge_".Length..]);
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf(AccessKeys.ApiKeyFile)));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf(AccessKeys.EdgeKeyFile)));
    }

    [Fact]
    public void Later_starts_keep_the_keys() =>
        Assert.Equal(AccessKeys.LoadOrCreate(_folder).ApiKey, AccessKeys.LoadOrCreate(_folder).ApiKey);

    [Fact]
    public void A_key_file_that_others_can_read_is_closed_again()
    {
        if (OperatingSystem.IsWindows())
            return;
        AccessKeys.LoadOrCreate(_folder);
        File.SetUnixFileMode(PathOf(AccessKeys.ApiKeyFile), OwnerOnly | UnixFileMode.OtherRead);

        AccessKeys.LoadOrCreate(_folder);

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(PathOf(AccessKeys.ApiKeyFile)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("dst_api_short")]
    public void A_file_without_a_key_is_refused(string content)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(PathOf(AccessKeys.ApiKeyFile), content);

        var refusal = Assert.Throws<InvalidDataException>(() => AccessKeys.LoadOrCreate(_folder));

        Assert.Contains("api.key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_starts_at_once_agree_on_one_key()
    {
        AccessKeys[] keys = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => AccessKeys.LoadOrCreate(_folder)))
        );

        Assert.Single(keys.Select(key => key.ApiKey).Distinct());
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Text_of_the_keys_does_not_hold_them()
    {
        AccessKeys keys = AccessKeys.LoadOrCreate(_folder);

        Assert.DoesNotContain(keys.ApiKey, keys.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(keys.EdgeKey, $"{keys}", StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string file) => Path.Combine(_folder, file);
}
