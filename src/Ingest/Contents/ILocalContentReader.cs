using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents;

/// <summary>A reader whose bytes are a file of this machine, from its start: the kernel can send them without us.</summary>
public interface ILocalContentReader : IContentReader
{
    /// <summary>Open for reading as long as the reader is not disposed.</summary>
    SafeFileHandle File { get; }
}
