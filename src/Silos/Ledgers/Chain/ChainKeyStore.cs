using System.Text;
using Distribution.Silos.Hosting;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>Where the instance's key is kept: in a file of its own, or, for a cluster, in the database that its silos share.</summary>
public sealed class ChainKeyStore(SiloOptions options, StateDatabase database) : IDisposable
{
    private const string SharedName = "ledger.key";
    private const int MaxFileBytes = 16 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChainKey? _key;

    /// <summary>The key, made where there is none yet.</summary>
    /// <exception cref="InvalidDataException">What is kept there is no key.</exception>
    public async ValueTask<ChainKey> GetAsync()
    {
        if (_key is { } known)
            return known;
        await _turn.WaitAsync();
        try
        {
            return _key ??= options.IsClustered ? await SharedAsync() : OfFile(PathOf(options));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _key?.Dispose();
    }

    private static string PathOf(SiloOptions options) =>
        options.LedgerKeyPath.Length > 0
            ? options.LedgerKeyPath
            : Path.Combine(Path.GetDirectoryName(Path.GetFullPath(options.StatePath))!, SharedName);

    private async Task<ChainKey> SharedAsync() =>
        ChainKey.FromPem(
            Encoding.ASCII.GetString(
                await SharedValues.GetOrKeepAsync(database, SharedName, Encoding.ASCII.GetBytes(ChainKey.NewPem()))
            )
        );

    private static ChainKey OfFile(string path)
    {
        if (!File.Exists(path))
            Create(path);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) != OwnerOnly)
            File.SetUnixFileMode(path, OwnerOnly);
        try
        {
            return ChainKey.FromPem(new FileInfo(path).Length <= MaxFileBytes ? File.ReadAllText(path) : "");
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException(
                $"{path} holds no key of the ledger: restore it from a copy. {fault.Message}",
                fault
            );
        }
    }

    // Written whole under another name first: a crash leaves no half key.
    private static void Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string draft = $"{path}.{Guid.NewGuid():N}";
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(draft, how))
        {
            stream.Write(Encoding.ASCII.GetBytes(ChainKey.NewPem()));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
