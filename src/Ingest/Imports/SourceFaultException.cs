namespace Distribution.Ingest.Imports;

/// <summary>A source will not give what an upload needs, however often it is asked. The message is for people.</summary>
internal sealed class SourceFaultException(string message) : Exception(message);
