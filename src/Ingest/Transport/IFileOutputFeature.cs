using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Transport;

/// <summary>A connection feature: bytes of a file go to the socket without passing through the program's memory.</summary>
public interface IFileOutputFeature
{
    /// <summary>
    /// Puts a stretch of a file into the output, behind what was written before, as if it had been copied into
    /// <paramref name="body"/>; flush it like that. The file is kept open until it is sent. If it ends before the stretch does, the
    /// connection is reset.
    /// </summary>
    /// <param name="body">The writer that the application has: it has to lead to this connection unchanged.</param>
    /// <param name="length">In bytes, at least 1.</param>
    /// <returns>False: it does not, or the system cannot; nothing was written, so copy.</returns>
    bool TryWriteFile(PipeWriter body, SafeFileHandle file, long offset, int length);
}
