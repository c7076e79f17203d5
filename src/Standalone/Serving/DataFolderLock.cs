using Distribution.Standalone.Client;

namespace Distribution.Standalone.Serving;

/// <summary>
/// Holds a data folder for one process: two would write the same journals. The lock is the kernel's, on an open file, so that it ends with
/// the process, however that ends.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Makes the folder where it is missing, and takes it.</summary>
    public static Answer<DataFolderLock> Take(string folder)
    {
        string path = Path.Combine(folder, "serve.lock");
        try
        {
            if (File.Exists(folder))
                return new Failure($"--data: {folder} is a file, not a folder.");
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Failure($"--data: {folder} cannot be made: {fault.Message}");
        }
        try
        {
            return new DataFolderLock(
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0)
            );
        }
        catch (UnauthorizedAccessException)
        {
            return new Failure($"--data: {folder} cannot be written by this user.");
        }
        catch (IOException) when (File.Exists(path))
        {
            return new Failure($"--data: {folder} is in use by another running `distribution serve`.");
        }
        catch (IOException fault)
        {
            return new Failure($"--data: {folder} cannot be written: {fault.Message}");
        }
    }

    public void Dispose() => _file.Dispose();
}
