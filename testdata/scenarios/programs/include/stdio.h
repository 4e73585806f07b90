#pragma once
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int puts(const char *text);
