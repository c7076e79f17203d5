using System.Security.Cryptography;
using System.Text;
using Distribution.Dashboard.Access;
using Distribution.Silos.State;

namespace Distribution.Standalone.Serving;

/// <summary>
/// What the servers of a cluster must have alike, taken from its database at start; the first server's own is everybody's. Keys are then
/// also written into the data folder, where the command line finds them.
/// </summary>
/// <param name="ConnectionIdSecret">Makes UDP connection ids, which any server then takes.</param>
internal sealed record ClusterShare(byte[] ConnectionIdSecret)
{
    private const int SecretBytes = 32;

    /// <summary>The file in a store's folder that says which store it is, wherever it is mounted.</summary>
    private const string StoreMark = ".store-id";

    /// <exception cref="StateUnavailableException">The database cannot be used, or the store is not the cluster's.</exception>
    /// <exception cref="IOException">Likewise a folder.</exception>
    public static async Task<ClusterShare> TakeAsync(ServeOptions options)
    {
        await using StateDatabase database = StateDatabase.OpenPostgres(options.Database!);
        await CheckStoreAsync(database, options);
        string keys = DataFolder.KeysPath(options.DataFolder);
        AccessKeys own = AccessKeys.LoadOrCreate(keys);
        new AccessKeys(
            await ShareAsync(database, AccessKeys.ApiKeyFile, own.ApiKey),
            await ShareAsync(database, AccessKeys.EdgeKeyFile, own.EdgeKey)
        ).Keep(keys);
        return new ClusterShare(
            await SharedValues.GetOrKeepAsync(
                database,
                "connection-id.key",
                RandomNumberGenerator.GetBytes(SecretBytes)
            )
        );
    }

    // Published files would be found by every server, and their bytes only by one.
    private static async Task CheckStoreAsync(StateDatabase database, ServeOptions options)
    {
        string own = options.Blobs.Folder is { } folder
            ? $"folder {IdOf(folder)}"
            : $"{options.Blobs} {options.BlobsContainer}";
        if (await ShareAsync(database, "store", own) != own)
            throw new StateUnavailableException(
                $"--blobs: {options.Blobs.Folder ?? options.Blobs.ToString()} is not the store of this cluster: every server must be given the same one."
            );
    }

    private static string IdOf(string folder)
    {
        Directory.CreateDirectory(folder);
        string mark = Path.Combine(folder, StoreMark);
        if (!File.Exists(mark))
        {
            string draft = $"{mark}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, Guid.NewGuid().ToString("N"));
            try
            {
                File.Move(draft, mark, overwrite: false);
            }
            catch (IOException) when (File.Exists(mark))
            {
                // Another server was faster.
                File.Delete(draft);
            }
        }
        return File.ReadAllText(mark).Trim();
    }

    private static async Task<string> ShareAsync(StateDatabase database, string name, string own) =>
        Encoding.UTF8.GetString(await SharedValues.GetOrKeepAsync(database, name, Encoding.UTF8.GetBytes(own)));
}
